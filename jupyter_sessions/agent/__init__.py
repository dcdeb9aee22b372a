"""The agent: runner, loop, rules, prompt, transcript, models, tools.

pydantic-ai takes half a second to import: modules that need it are loaded in a thread, at the first
message.
"""
