"""The background work of the dialects, gathered where Django looks for an app's."""

from __future__ import annotations

from api.alegre import tasks as alegre_tasks
from api.check import tasks as check_tasks

__all__ = ["alegre_tasks", "check_tasks"]
