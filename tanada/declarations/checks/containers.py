"""Checks of containers: what each says by itself, and how those of one task go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import Node, at_removal, dotted, mistake, plain, repeated
from tanada.declared.container import EXEC_FOLDERS, Container
from tanada.declared.image import reference
from tanada.declared.metrics import COLLECTOR
from tanada.declared.service import Service
from tanada.declared.sidecar import MOST
from tanada.text import meant, one_of, quoted


def check_containers(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def containers(name: str, service: Service, group: str = "services") -> Iterator[tuple[tuple[str, ...], Container]]:
    """The containers of a service, or of a task, as they are written, each with the way to it."""
    yield (group, name), service
    for each, sidecar in service.sidecars.items():
        yield ("services", name, "sidecars", each), sidecar


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.running.items():
        for loc, container in containers(name, service, scope.homes[name]):
            yield from _health(scope.tree, loc, container)
            yield from _writable(scope.tree, loc, container)
            yield from _variables(scope.tree, loc, container)
            yield from _commands(scope.tree, loc, container)
            yield from _image(scope, loc, container)
    for name, service in scope.services.items():
        yield from _names(scope.tree, name, service)
        yield from _ports(scope.tree, name, service)
        # Of two of one name nobody knows which is meant, nor looks how thousands wait for each other.
        if name not in service.sidecars and len(service.sidecars) < MOST:
            yield from _answers(scope.tree, name, service)
            yield from _order(scope, name, service)
            yield from _folders(scope.tree, name, service)


def _health(tree: Node, loc: Loc, container: Container) -> Iterator[Mistake]:
    if container.port is None and container.health_check is not None and container.health_check.path is not None:
        yield nothing_asks(tree, loc, "health_check")


def nothing_asks(tree: Node, loc: Loc, field: str) -> Mistake:
    """That a field asks for something at a port that is not there."""
    sentence = f"without a port nothing can ask it; give {dotted(loc)} a port"
    return at_removal(tree, (*map(str, loc), "port"), f"{field} needs it, so take that away too") or mistake(
        tree, (*loc, field), sentence, at_key=True
    )


def _writable(tree: Node, of: Loc, container: Container) -> Iterator[Mistake]:
    loc = (*of, "writable")
    node = tree.find(loc)
    written = plain(node) if node is not None else ()
    listed = isinstance(written, (list, tuple))
    if "/" in (container.writable or ()):
        if not listed and node is not None:
            yield mistake(
                tree, (*loc, "/"), '"/" makes all of the container writable and has no size; write [/]', at_key=True
            )
        for index, path in enumerate(written):
            if path != "/":
                sentence = f'"/" makes all of the container writable; take out either it or {quoted(path)}'
                yield mistake(tree, (*loc, index if listed else path), sentence, at_key=not listed)
    elif listed:
        for index in repeated(written):
            yield mistake(tree, (*loc, index), f"{quoted(written[index])} is here twice")


def _variables(tree: Node, loc: Loc, container: Container) -> Iterator[Mistake]:
    for variable, text in container.variables.items():
        if not text:
            # hashicorp/terraform-provider-aws#39533
            sentence = "is empty; ECS leaves such a variable out, so every plan would differ: give it a value, or none"
            yield mistake(tree, (*loc, "variables", variable), sentence)


def _commands(tree: Node, loc: Loc, container: Container) -> Iterator[Mistake]:
    if container.command == ():
        sentence = "is empty, which ECS takes for the image's own; take it out, or write what runs instead"
        yield mistake(tree, (*loc, "command"), sentence)
    if container.entrypoint == ():
        # ECS's open agent hands an empty one to Docker, which clears the image's (aws/amazon-ecs-agent, dockerConfig).
        sentence = "is empty, and AWS doesn't say whether Fargate clears the image's by that; write the program here"
        yield mistake(tree, (*loc, "entrypoint"), sentence)


def _image(scope: Scope, of: Loc, container: Container) -> Iterator[Mistake]:
    """What it takes from the common layer of its account."""
    layer = scope.layer
    if layer is None or container.image is None:
        return
    loc, common = (*of, "image"), [("accounts", str(scope.account), "common", "images")]
    if (image := container.own_image) is not None and image not in layer.images:
        sentence = f"{quoted(image)} is none of common.images; {one_of(layer.images)}{meant(image, layer.images)}"
        yield mistake(scope.tree, loc, sentence, because=common)
    named = reference(container.image).partition("@")[0].partition(":")[0]
    if container.own_image is None and named in layer.images:
        yield mistake(
            scope.tree,
            loc,
            f"{named} is one of common.images, whose tag is given when you plan, and with one here it would be Docker "
            f"Hub's; write {named} alone",
            because=common,
        )


def _names(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    loc = ("services", name, "sidecars")
    for each in service.sidecars:
        if each == name:
            sentence = "is the name of the service's own container; give the sidecar another"
            yield mistake(tree, (*loc, each), sentence, at_key=True)
        elif each in service.renamed_from[:1]:
            sentence = "is what the service's own container is called in AWS (renamed_from); give the sidecar another"
            yield mistake(tree, (*loc, each), sentence, at_key=True, because=[("services", name, "renamed_from")])
    if len(service.sidecars) + (service.metrics is not None) >= MOST:
        number = len(service.sidecars) + 1 + (service.metrics is not None)
        own = "the service's own" if service.metrics is None else "the service's own and the collector of metrics"
        sentence = f"{number} containers with {own}, and ECS takes {MOST} in a task; take some out"
        yield mistake(tree, loc, sentence, at_key=True)
    if service.metrics is not None:
        taken: list[Loc] = [("services", name)] if COLLECTOR in (name, *service.renamed_from[:1]) else []
        taken += [(*loc, each) for each in service.sidecars if each == COLLECTOR]
        for at in taken:
            sentence = "is what the collector of its metrics is called in the task; give it another name"
            yield mistake(tree, at, sentence, at_key=True, because=[("services", name, "metrics")])


def _answers(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    if service.container is None:
        return
    loc, known = ("services", name, "container"), (name, *service.sidecars)
    if service.container not in known:
        sentence = f"{quoted(service.container)} is no container of this service"
        sentence = f"{sentence}; {one_of(known)}{meant(service.container, known)}"
        yield mistake(tree, loc, sentence, because=[("services", name, "sidecars")])
    elif service.answers_at is None:
        which = dict(zip(known, (of for of, _ in containers(name, service)), strict=True))[service.container]
        sentence = f"{quoted(service.container)} has no port to answer at; give {dotted(which)} one"
        yield at_removal(tree, (*which, "port"), f"services.{name}.container says that it answers there") or mistake(
            tree, loc, sentence, because=[which]
        )


def _ports(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    """Containers of a task share one network (ECS developer guide, "Task networking for Fargate")."""
    first: dict[int, str] = {}
    for loc, container in containers(name, service):
        if container.port is not None and (other := first.setdefault(container.port, loc[-1])) != loc[-1]:
            sentence = f"{other} listens on {container.port} too, and containers of a task share one network"
            also = [(*of, "port") for of, _ in containers(name, service)]
            yield mistake(tree, (*loc, "port"), f"{sentence}; give one of them another", because=also)


def _order(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    tree = scope.tree
    known = {loc[-1]: (loc, container) for loc, container in containers(name, service)}
    for each, (loc, container) in known.items():
        for other, until in container.depends_on.items():
            at = (*loc, "depends_on", other)
            if other == each:
                yield mistake(tree, at, "is the container itself, which would never start; take it out", at_key=True)
            elif other not in known:
                yield mistake(
                    tree, at, _nobody(scope, other, known), at_key=True, because=[(*known[name][0], "sidecars")]
                )
            elif sentence := _never(name, other, until, *known[other]):
                yield mistake(tree, at, sentence, because=[known[other][0]])
    for each in service.awaited & service.sidecars.keys():
        if service.sidecars[each].restart:
            who = next(loc[-1] for loc, one in known.values() if one.depends_on.get(each) in ("complete", "success"))
            sentence = f"starts it again whenever it ends, and {who} waits for its end; take it out"
            yield mistake(tree, (*known[each][0], "restart"), sentence)
    if circle := _circle({each: tuple(one.depends_on) for each, (_, one) in known.items()}):
        way = " waits for ".join((*circle, circle[0]))
        sentence = f"{way}, so none of them starts; take one of these out"
        at = (*known[circle[0]][0], "depends_on", circle[1])
        also = [(*known[each][0], "depends_on") for each in circle]
        yield mistake(tree, at, sentence, at_key=True, because=also)


def _nobody(scope: Scope, other: str, known: Mapping[str, object]) -> str:
    if other in scope.homes:
        return (
            f"{quoted(other)} is another part, and no task waits for one: what needs it tries again until it answers; "
            "take it out"
        )
    return f"{quoted(other)} is no container of this service; {one_of(known)}{meant(other, known)}"


def _never(name: str, other: str, until: str, loc: Loc, container: Container) -> str | None:
    """Why that is never so (ECS API reference, ContainerDependency)."""
    if until == "healthy" and container.health_check is None:
        return f"{quoted(other)} has no health_check, so it is never healthy; give {dotted(loc)} one, or say start"
    if until in ("complete", "success"):
        if other == name:
            return f"the task ends with {quoted(other)}, so nothing can wait for its end; say healthy or start"
        if getattr(container, "essential", None):
            return f"the task ends with {quoted(other)} ({dotted(loc)}.essential); say false there, or healthy or start"
    return None


def _circle(waits: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The names of a circle of two or more, in the order in which they wait for each other; or none."""
    done: set[str] = set()

    def walk(each: str, way: list[str]) -> list[str]:
        if each in way:
            return way[way.index(each) :]
        if each in done:
            return []
        found = next((one for other in waits.get(each, ()) if other != each and (one := walk(other, [*way, each]))), [])
        done.add(each)
        return found

    return next((found for each in waits if (found := walk(each, []))), [])


def _folders(tree: Node, name: str, service: Service) -> Iterator[Mistake]:
    whole = service.containers(name)
    named = {volume for container in whole.values() for volume in container.scratch}
    for loc, container in containers(name, service):
        own = whole[loc[-1]]
        read_only = "/" not in (own.writable or {})
        taken = dict.fromkeys(own.writable or {}, "is in writable too") if read_only else {}
        if service.exec and read_only:
            taken |= dict.fromkeys(EXEC_FOLDERS.values(), "is ECS Exec's (exec)")
            for path in (each for each in container.writable or {} if each in EXEC_FOLDERS.values()):
                sentence = f"{quoted(path)} is ECS Exec's (exec), which makes it writable; take it out"
                yield mistake(tree, (*loc, "writable"), sentence, because=[("services", name, "exec")])
        for volume, path in container.scratch.items():
            at = (*loc, "scratch", volume)
            if path in taken:
                also = [(*loc, "writable"), ("services", name, "writable"), ("services", name, "exec")]
                sentence = f"{quoted(path)} {taken[path]}; take it out there, or choose another folder"
                yield mistake(tree, at, sentence, because=also)
            taken.setdefault(path, f"is the folder of {volume}")
            if any(f"{volume}-".startswith(f"{each}-") for each in EXEC_FOLDERS):
                yield mistake(tree, at, "begins like the folders of ECS Exec; give it another name", at_key=True)
            alone = sum(volume in each.scratch for each in whole.values()) == 1
            if alone and (close := meant(volume, named - set(container.scratch))):
                sentence = f"no other container has a folder of this name, so it would be shared with none{close}"
                yield mistake(tree, at, sentence, at_key=True)
