"""What is counted for Prometheus: each series is declared here and counted where it happens.

The values of a label are few and known beforehand: never a path, an address or a tenant. Where
PROMETHEUS_MULTIPROC_DIR names a folder when this is imported, the processes of a server count
together there (see `dedup_project.shared_counters`); elsewhere each counts for itself.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if _FOLDER := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(_FOLDER).mkdir(parents=True, exist_ok=True)

REGISTRY = CollectorRegistry()

_REQUEST_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_PHASE_BUCKETS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "lookalike_requests",
    "Requests answered, by the class of their status.",
    ["dialect", "endpoint", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "lookalike_request_seconds",
    "Time from a request's whole body to its answer.",
    ["dialect", "endpoint"],
    buckets=_REQUEST_BUCKETS_S,
    registry=REGISTRY,
)
REQUESTS_AT_WORK = Gauge(
    "lookalike_requests_at_work",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
PHASE_SECONDS = Histogram(
    "lookalike_phase_seconds",
    "Time that the parts of checks and adds took, each without those inside it.",
    ["phase"],
    buckets=_PHASE_BUCKETS_S,
    registry=REGISTRY,
)
DECODES_BUSY = Gauge(
    "lookalike_decodes_busy",
    "Workers that examine a picture.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
DECODES_WAITING = Gauge(
    "lookalike_decodes_waiting",
    "Pictures that wait for a worker.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
DECODE_WORKERS_LOST = Counter(
    "lookalike_decode_workers_lost",
    "Workers that ended early: crashed, timed_out, or lost between two pictures.",
    ["reason"],
    registry=REGISTRY,
)
MODELS_BUSY = Gauge(
    "lookalike_models_busy",
    "Workers that ask models about a picture.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
MODELS_WAITING = Gauge(
    "lookalike_models_waiting",
    "Pictures that wait for a worker that asks models.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
MODEL_WORKERS_LOST = Counter(
    "lookalike_model_workers_lost",
    "Workers that ask models and ended early: crashed, timed_out, or lost between two pictures.",
    ["reason"],
    registry=REGISTRY,
)
JOBS_ENDED = Counter(
    "lookalike_jobs_ended",
    "Attempts at jobs that ended: done, gave_up, or went_wrong, which is tried again.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
INDEX_ROWS = Gauge(
    "lookalike_index_rows",
    "Frames in the index of the process that has most.",
    ["part"],
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
INDEX_BYTES = Gauge(
    "lookalike_index_bytes",
    "Memory of the local features in the indexes of all processes.",
    multiprocess_mode="livesum",
    registry=REGISTRY,
)
INDEX_CAUGHT_UP = Gauge(
    "lookalike_index_caught_up_timestamp_seconds",
    "When the index of a process was last brought up to date.",
    multiprocess_mode="livemax",
    registry=REGISTRY,
)
DECISIONS = Counter(
    "lookalike_decisions", "Decisions about pairs, by what was done.", ["act"], registry=REGISTRY
)
STORAGE_ERRORS = Counter(
    "lookalike_storage_errors",
    "Pictures that could not be stored or read: full, or unavailable.",
    ["reason"],
    registry=REGISTRY,
)
DATABASE_OUTAGES = Counter(
    "lookalike_database_outages",
    "Requests and looks for jobs that the database did not answer.",
    ["part"],
    registry=REGISTRY,
)
SIGN_INS_REFUSED = Counter(
    "lookalike_sign_ins_refused",
    "Sign-ins that were refused: a password, a credential, or too_many attempts.",
    ["reason"],
    registry=REGISTRY,
)
