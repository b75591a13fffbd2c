"""All measurements, one after the other, each with its counterpart: ``make bench``."""

import runpy
import sys

MODULES = (
    "bench.start_up",
    "bench.cascade",
    "bench.agent_ingest",
    "bench.assess",
    "bench.appeal_release",
    "bench.console_pages",
)

for module in MODULES:
    print(f"\n=== {module}", flush=True)
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__")
