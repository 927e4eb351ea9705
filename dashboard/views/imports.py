"""Imports: all of them with their progress, a new one, the parts of its file, and its states."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import wording
from accounts.http import actor_of, page, wants_fragment
from accounts.permissions import Permission
from common.errors import Conflict, InvalidInput, Unavailable
from dashboard import exports, imports_shown
from imports import buckets, selectors, services, sources, staging
from imports import refused as refused_rows
from lists import selectors as lists_selectors
from lists.pages import row_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.actors import Actor
    from dashboard.uploads import Upload
    from imports.models import Import
    from lists.models import List

IMPORTS_PER_PAGE = 30
# More than any person drops, and less than a column of the database holds.
MOST_SKIPPED = 1_000_000
_SHOWN_STATES = {
    "working": selectors.WORKING,
    "needing": selectors.NEEDING,
    "over": selectors.OVER,
}


@page
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show imports, the newest first, of one with the rows that were refused."""
    actor = actor_of(request)
    chosen = request.GET.get("show", "")
    after = row_id(request.GET.get("after", ""))
    found = selectors.imports_page(
        actor, states=_SHOWN_STATES.get(chosen, ()), after=after, size=IMPORTS_PER_PAGE
    )
    rows = [_shown(request, actor, run) for run in found.rows]
    context = {
        "imports": rows,
        "page": found,
        "after": after,
        "chosen": chosen,
        "counts": selectors.counts_for(actor),
        "lists": lists_selectors.lists_offered(actor),
        "meanings": imports_shown.MEANING_LABELS,
        "part_bytes": staging.PART_BYTES,
        "buckets": buckets.allowed_for(actor),
        "most_address_characters": buckets.MAX_ADDRESS_LENGTH,
        "chosen_list": request.GET.get("list", ""),
    }
    return render(request, "imports/index.html", context)


@page
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin an import: with its file, of a bucket, or for a script that sends it in parts."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    image_list = lists_selectors.list_for(actor, request.POST.get("list", ""))
    if wants_fragment(request):
        return _row(request, _begun(request, actor, image_list))
    try:
        if "source" in request.POST:
            address = request.POST["source"].strip()
            services.begin_from_bucket(by=actor, image_list=image_list, address=address)
        else:
            _received(actor, image_list, request.FILES.get("file"))
    except (InvalidInput, Conflict, Unavailable) as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    return redirect("dashboard:imports")


def _begun(request: HttpRequest, actor: Actor, image_list: List) -> Import:
    """Return the import whose file comes in parts: one that was begun before goes on."""
    name, byte_size = request.POST.get("name", ""), row_id(request.POST.get("byte_size", "")) or 0
    begun = selectors.begun_upload(actor, image_list, name=name, byte_size=byte_size)
    return begun or services.begin(
        by=actor,
        image_list=image_list,
        source=sources.source_of(name, kind=request.POST.get("kind", "")),
        name=name,
        byte_size=byte_size,
        skipped=min(row_id(request.POST.get("skipped", "")) or 0, MOST_SKIPPED),
    )


def _received(actor: Actor, image_list: List, file: Upload | None) -> None:
    """Take a file that came as a whole."""
    if file is None or file.size is None:
        raise InvalidInput(_("Choose a file first."), field="file")
    name, size = str(file.name), file.size
    source = sources.source_of(name)
    run = services.begin(by=actor, image_list=image_list, source=source, name=name, byte_size=size)
    services.receive_all(by=actor, run=run, file=file)


@page
@require_POST
def kept(request: HttpRequest) -> HttpResponse:
    """Tell which pictures a list has, by their SHA-256, so that they need not be sent."""
    actor = actor_of(request)
    actor.require(Permission.CHANGE_ITEMS)
    image_list = lists_selectors.list_for(actor, request.POST.get("list", ""))
    found = selectors.kept_hashes(image_list, request.POST.get("hashes", "").split())
    return JsonResponse({"kept": sorted(found)})


@page
@require_POST
def part(request: HttpRequest, import_id: str) -> HttpResponse:
    """Take the next part of a file."""
    actor = actor_of(request)
    run = selectors.import_for(actor, import_id)
    content = request.FILES.get("part")
    offset = row_id(request.POST.get("offset", ""))
    if content is None or offset is None:
        raise InvalidInput(_("Choose a file first."), field="part")
    run = services.receive(by=actor, run=run, offset=offset, content=content.read())
    return _row(request, run)


@page
@require_POST
def change(request: HttpRequest, import_id: str) -> HttpResponse:
    """Start, pause, resume or cancel an import."""
    actor = actor_of(request)
    run = selectors.import_for(actor, import_id)
    acts: dict[str, Callable[..., Import]] = {
        "start": partial(services.start, meanings=request.POST.getlist("meaning") or None),
        "pause": services.pause,
        "resume": services.resume,
        "cancel": services.cancel,
    }
    act = acts.get(request.POST.get("act", ""))
    try:
        if act is not None:
            act(by=actor, run=run)
    except (InvalidInput, Conflict) as error:
        messages.error(request, wording.said(error), extra_tags=error.code)
    return redirect(f"{reverse('dashboard:imports')}#{run.public_id}")


@page
@require_GET
def refused(request: HttpRequest, import_id: str) -> HttpResponseBase:
    """Send the rows that were refused as a table, which can be corrected and imported again."""
    actor = actor_of(request)
    run = selectors.import_for(actor, import_id)
    return exports.download(
        request,
        by=actor,
        name=f"{run.public_id}-refused.csv",
        rows=refused_rows.table(run, say=imports_shown.said),
    )


def _shown(request: HttpRequest, actor: Actor, run: Import) -> imports_shown.ShownImport:
    is_open = request.GET.get("open") == run.public_id
    most = imports_shown.FEW_REFUSED if is_open else 0
    if is_open and request.GET.get("all"):
        most = imports_shown.MANY_REFUSED
    return imports_shown.shown(run, by=actor, most_refused=most)


def _row(request: HttpRequest, run: Import) -> HttpResponse:
    context: dict[str, Any] = {
        "import": imports_shown.shown(run, by=actor_of(request)),
        "meanings": imports_shown.MEANING_LABELS,
    }
    return render(request, "imports/_import.html", context)
