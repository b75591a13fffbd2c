"""Which core an agent stands beside: the demonstration's reference core, or the bank's own, named in its configuration.

A bank's own core is a function of the bank's, ``package.module:factory``, installed beside Tarazy. It is called once,
with the program's configuration, and returns an object with the methods of `CorePort`. What is wrong with it shows when
the program starts and not at the first hold; whether it keeps its promises, only ``tarazy conformance`` can say.
"""

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from tarazy.agent.core_port import CorePort
from tarazy.edge.config import REFERENCE_CORE, Config, ConfigFault

METHODS: Final = {"ask": ("commands", "now"), "feed": ("after", "limit")}
"""The methods of a core and what they are called with, in order."""


class NameFault(Exception):
    """A function that is named and cannot be found; the text says where and why."""


def core_of(config: Config, reference: CorePort) -> CorePort:
    """Return the core that the configuration names: ``reference``, or the bank's own. Raises ConfigFault."""
    if config.core == REFERENCE_CORE:
        return reference
    try:
        factory = named_function(config.core)
    except NameFault as fault:
        raise _fault(f"{fault}; install the package beside Tarazy, or write {REFERENCE_CORE!r}") from None
    try:
        core = factory(config)
    except Exception as fault:
        raise _fault(
            f"{config.core} raised {type(fault).__name__}: {fault}; the agent does not start without its core"
        ) from fault
    missing = [name for name, arguments in METHODS.items() if not _takes(getattr(core, name, None), len(arguments))]
    if missing:
        wanted = ", ".join(f"{name}({', '.join(METHODS[name])})" for name in missing)
        raise _fault(
            f"{config.core} returned {type(core).__name__}, without {wanted} as tarazy.agent.core_port.CorePort has "
            "it; add it, and try the core with `tarazy conformance`"
        )
    return cast("CorePort", core)


def named_function(place: str) -> Callable[..., object]:
    """Return the function at ``package.module:function``. Raises NameFault."""
    module_name, _, function_name = place.partition(":")
    if not module_name or not function_name:
        raise NameFault(f"{place}: expected package.module:function")
    try:
        function = getattr(import_module(module_name), function_name, None)
    except ImportError as fault:
        raise NameFault(f"{module_name}: cannot be imported: {fault}") from None
    except Exception as fault:
        raise NameFault(f"{module_name}: raised {type(fault).__name__} while it was imported: {fault}") from fault
    if not callable(function):
        raise NameFault(f"{place}: expected a function; the module has none of this name")
    return cast("Callable[..., object]", function)


def _takes(method: object, arguments: int) -> bool:
    """Return whether this can be called with so many arguments, and answers at once: a core is no coroutine."""
    if not callable(method) or inspect.iscoroutinefunction(method):
        return False
    try:
        inspect.signature(method).bind(*range(arguments))
    except TypeError:
        return False
    except ValueError:  # a method without a signature that Python can read, such as a compiled one
        return True
    return True


def _fault(text: str) -> ConfigFault:
    return ConfigFault(f"core: {text}")
