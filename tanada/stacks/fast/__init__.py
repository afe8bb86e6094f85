"""Fast synth: stock CDKTF underneath, loaded and spoken to without its detours; `docs/synth-speed.md` tells how.

`TANADA_FAST_LOAD=0` switches all of it off.
"""

from tanada.stacks.fast.activation import activate, run

__all__ = ["activate", "run"]
