"""Work in the background: a queue in the database, and the runner that works it off.

Apps above register what to run (`jobs.handlers`) and ask for it (`jobs.services.enqueue`).
"""
