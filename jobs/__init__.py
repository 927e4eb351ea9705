"""Work in the background: a queue in the database, and the runner that works it off.

Apps above say in their `tasks` what to run (`jobs.handlers`), and their services ask for it
(`jobs.services.enqueue`).
"""
