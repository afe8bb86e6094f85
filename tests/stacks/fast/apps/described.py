"""Says all that classes of generated modules have, by name: what Python looks at, and what jsii does."""

import importlib
import inspect
import json
import sys

from tanada.stacks import fast

MODULES = ("constructs", "cdktf", *(f"cdktf_cdktf_provider_aws.{name}" for name in ("eip", "lb_listener", "vpc")))


def say(*values: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, values))}\n")


def member(name: str, value: object) -> object:
    """Of functions and properties, which may be others, what they are; of all else what it is."""
    if isinstance(value, property):
        return ["property", *(getattr(each, "__jsii_name__", each is not None) for each in (value.fget, value.fset))]
    if isinstance(value, classmethod):
        return ["classmethod", value.__func__.__name__, getattr(value.__func__, "__jsii_name__", None)]
    if inspect.isfunction(value):
        parameters = [f"{each.kind.name} {each.name}" for each in inspect.signature(value).parameters.values()]
        abstract = getattr(value, "__isabstractmethod__", False)
        # What compares and says structs is one function for all.
        named = [] if name in ("__eq__", "__ne__", "__repr__") else [value.__name__, value.__qualname__]
        return [*named, getattr(value, "__jsii_name__", None), abstract, parameters]
    if isinstance(value, set):
        return sorted(value)
    return type(value).__name__ if "0x" in repr(value) else repr(value)


def described(kind: type) -> object:
    own = ("__doc__", "__dict__", "__weakref__", "__annotations__", "__orig_bases__", "__firstlineno__")
    said: dict[str, object] = {name: member(name, value) for name, value in vars(kind).items() if name not in own}
    said["bases"] = [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__]
    said["interfaces"] = [each.__qualname__ for each in getattr(kind, "__jsii_ifaces__", ())]
    if inspect.isabstract(kind) and hasattr(kind, "__jsii_proxy_class__"):
        said["proxy"] = kind.__jsii_proxy_class__().__qualname__
    return said


fast.activate()
for name in MODULES:
    module = importlib.import_module(name)
    # Submodules stand in a package when somebody imported them.
    public = [each for each in dir(module) if not inspect.ismodule(getattr(module, each)) and each[:2] != "__"]
    say(json.dumps([name, sorted({*public, *module.__all__})]))
    everything = [value for each in public if inspect.isclass(value := getattr(module, each))]
    for kind in everything:
        say(json.dumps([name, kind.__qualname__, described(kind)], sort_keys=True))
say(json.dumps(["imported", "eip", "EipTimeouts"]))
from cdktf_cdktf_provider_aws.eip import EipConfig, EipTimeouts  # noqa: E402

one, same, other = EipTimeouts(read="1m"), EipTimeouts(read="1m"), EipTimeouts(read="2m", delete="3m")
say(repr(other), one == same, one != same, one == other, one != other, one == EipConfig(), one.read, one.delete)
for wrong in ("one.read = ''", "EipTimeouts.other", "one.other", "EipConfig().tags(1)", "eip.Nothing"):
    try:
        exec(wrong, {**globals(), "eip": sys.modules["cdktf_cdktf_provider_aws.eip"]})
    except Exception as error:
        say(type(error).__name__, error)
try:
    exec("from cdktf_cdktf_provider_aws.eip import Nothing")
except ImportError as error:
    say(str(error).partition(" (")[0])
