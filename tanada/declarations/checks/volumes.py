"""Checks of `volumes`: each names a file system of the same environment, in a folder that nothing else has."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.checks.containers import containers
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import at_removal, dotted, mistake
from tanada.declared.container import EXEC_FOLDERS, Container
from tanada.declared.store import Store
from tanada.text import meant, one_of, quoted


def check_volumes(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    for name, service in scope.running.items():
        shared = {volume for each in (service, *service.sidecars.values()) for volume in each.scratch}
        for loc, container in containers(name, service, scope.homes[name]):
            own = container if len(loc) == 2 else service.sidecars[loc[-1]].beside(service, False)
            yield from _named(scope, (*loc, "volumes"), container)
            yield from _folders(scope, loc, own, exec=service.exec)
            for volume in container.volumes.keys() & shared:
                sentence = "is the name of a folder in scratch of this task, too; give that one another"
                yield mistake(scope.tree, (*loc, "volumes", volume), sentence, at_key=True)


def _named(scope: Scope, loc: Loc, container: Container) -> Iterator[Mistake]:
    """An empty folder in the place of one that lasts would be lost data."""
    for volume in container.volumes:
        part = scope.parts.get(volume)
        if isinstance(part, Store) and part.file_system is not None:
            continue
        if volume in scope.homes and part is None:
            continue  # it is wrong by itself, which is said
        if volume not in scope.homes and not scope.whole:
            continue
        known = [name for name, each in scope.parts.items() if isinstance(each, Store) and each.file_system is not None]
        expected = one_of(known) if known else "declare it among stores"
        sentence = f"{quoted(volume)} is no file system here, so what is written there would be lost; {expected}"
        needed = f"{dotted(loc)} mounts it; override that too"
        yield at_removal(scope.tree, ("stores", volume), needed) or mistake(
            scope.tree, (*loc, volume), f"{sentence}{meant(volume, known)}", at_key=True, because=[("stores", volume)]
        )


def _folders(scope: Scope, loc: Loc, own: Container, *, exec: bool) -> Iterator[Mistake]:
    read_only = "/" not in (own.writable or {})
    taken = dict.fromkeys(own.writable or {}, "is in writable too") if read_only else {}
    taken |= {path: f"is the folder of {each} in scratch" for each, path in own.scratch.items()}
    if exec and read_only:
        taken |= dict.fromkeys(EXEC_FOLDERS.values(), "is ECS Exec's (exec)")
    for volume, path in own.volumes.items():
        if path in taken:
            also = [(*loc, "writable"), (*loc, "scratch"), (*loc[:2], "writable"), (*loc[:2], "exec")]
            sentence = f"{quoted(path)} {taken[path]}; choose another folder"
            yield mistake(scope.tree, (*loc, "volumes", volume), sentence, because=also)
        taken.setdefault(path, f"is the folder of {volume}, too")
