"""The version of the commands that the workflows give to the engine.

`tests/workflows/test_commands.py` holds them to the record of this version. It grows with every change of
them, beside a `workflow.patched` for the processes that run: docs/processes.md, "Changing a process".
"""

COMMANDS = 3
