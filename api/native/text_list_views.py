"""The addresses of text lists in our own API."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from api.authentication import actor_of
from api.native import paging, schema, text_list_answers
from api.native.base import NativeView
from api.native.text_list_serializers import (
    ManyTexts,
    NewTextEntry,
    NewTextList,
    TextEntryChange,
    TextEntryFilter,
    TextListChange,
)
from api.parameters import body_of, checked
from lists.pages import newest_page
from text_lists import selectors, services
from text_lists.selectors import SoughtEntries
from text_lists.values import EntryChange, NewEntry, TextListSettings


class TextLists(NativeView):
    """All text lists."""

    @schema.TEXT_LISTS
    def get(self, request: Request) -> Response:
        """Return the text lists, newest first."""
        piece = paging.asked_piece(request)
        lists = selectors.overview_for(actor_of(request))
        page = newest_page(lists, after=piece.after, size=piece.size)
        return Response(text_list_answers.TEXT_LISTS(paging.answer(request, page)))

    @schema.NEW_TEXT_LIST
    def post(self, request: Request) -> Response:
        """Create a text list."""
        settings = TextListSettings(**checked(NewTextList, body_of(request)))
        text_list = services.create_list(by=actor_of(request), settings=settings)
        return Response(text_list_answers.TEXT_LIST(text_list), status=201)


class OneTextList(NativeView):
    """One text list."""

    @schema.TEXT_LIST
    def get(self, request: Request, list_id: str) -> Response:
        """Return a text list."""
        text_list = selectors.list_for(actor_of(request), list_id)
        return Response(text_list_answers.TEXT_LIST(text_list))

    @schema.TEXT_LIST_CHANGE
    def patch(self, request: Request, list_id: str) -> Response:
        """Change a text list's name or kind."""
        actor = actor_of(request)
        text_list = selectors.list_for(actor, list_id)
        settings = TextListSettings(**checked(TextListChange, body_of(request)))
        changed = services.change_list(by=actor, text_list=text_list, settings=settings)
        return Response(text_list_answers.TEXT_LIST(changed))

    @schema.TEXT_LIST_REMOVAL
    def delete(self, request: Request, list_id: str) -> Response:
        """Take a text list out of service."""
        actor = actor_of(request)
        services.remove_list(by=actor, text_list=selectors.list_for(actor, list_id))
        return Response(status=204)


class RestoredTextList(NativeView):
    """A removed text list that comes back."""

    @schema.TEXT_LIST_RESTORE
    def post(self, request: Request, list_id: str) -> Response:
        """Take the removal of a text list back, within 30 days."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_LISTS)
        removed = selectors.removed_list_for(actor, list_id)
        restored = services.restore_list(by=actor, text_list=removed)
        return Response(text_list_answers.TEXT_LIST(restored))


class TextEntries(NativeView):
    """The entries of a text list."""

    @schema.TEXT_ENTRIES
    def get(self, request: Request, list_id: str) -> Response:
        """Return a text list's entries, newest first."""
        piece = paging.asked_piece(request)
        text_list = selectors.list_for(actor_of(request), list_id)
        sought = SoughtEntries(**checked(TextEntryFilter, dict(request.query_params.items())))
        entries = selectors.entries_of(text_list, sought)
        page = newest_page(entries, after=piece.after, size=piece.size)
        return Response(text_list_answers.TEXT_ENTRIES(paging.answer(request, page)))

    @schema.NEW_TEXT_ENTRY
    def post(self, request: Request, list_id: str) -> Response:
        """Add an entry to a text list."""
        actor = actor_of(request)
        text_list = selectors.list_for(actor, list_id)
        entry = NewEntry(**checked(NewTextEntry, body_of(request)))
        added = services.add_entry(by=actor, text_list=text_list, entry=entry)
        return Response(text_list_answers.TEXT_ENTRY(added), status=201)


class ManyTextEntries(NativeView):
    """Several new entries of a text list."""

    @schema.PUT_TEXTS
    def post(self, request: Request, list_id: str) -> Response:
        """Add several texts; one that is refused stops no other."""
        actor = actor_of(request)
        text_list = selectors.list_for(actor, list_id)
        asked = checked(ManyTexts, body_of(request))
        texts = asked.pop("texts")
        put = services.put_entries(
            by=actor, text_list=text_list, entries=[NewEntry(text, **asked) for text in texts]
        )
        return Response(text_list_answers.PUT_TEXTS(put))


class OneTextEntry(NativeView):
    """One entry of a text list."""

    @schema.TEXT_ENTRY
    def get(self, request: Request, list_id: str, entry_id: str) -> Response:
        """Return an entry."""
        text_list = selectors.list_for(actor_of(request), list_id)
        return Response(text_list_answers.TEXT_ENTRY(selectors.entry_for(text_list, entry_id)))

    @schema.TEXT_ENTRY_CHANGE
    def patch(self, request: Request, list_id: str, entry_id: str) -> Response:
        """Change an entry."""
        actor = actor_of(request)
        text_list = selectors.list_for(actor, list_id)
        entry = selectors.entry_for(text_list, entry_id)
        change = EntryChange(**checked(TextEntryChange, body_of(request)))
        changed = services.change_entry(by=actor, entry=entry, change=change)
        return Response(text_list_answers.TEXT_ENTRY(changed))

    @schema.TEXT_ENTRY_REMOVAL
    def delete(self, request: Request, list_id: str, entry_id: str) -> Response:
        """Take an entry out of its list."""
        actor = actor_of(request)
        text_list = selectors.list_for(actor, list_id)
        services.remove_entries(by=actor, text_list=text_list, entry_ids=[entry_id])
        return Response(status=204)


class RestoredTextEntry(NativeView):
    """A removed entry that comes back."""

    @schema.TEXT_ENTRY_RESTORE
    def post(self, request: Request, list_id: str, entry_id: str) -> Response:
        """Take the removal of an entry back, within 30 days."""
        actor = actor_of(request)
        actor.require(Permission.CHANGE_ITEMS)
        text_list = selectors.list_for(actor, list_id)
        removed = selectors.removed_entry_for(text_list, entry_id)
        restored = services.restore_entry(by=actor, entry=removed)
        return Response(text_list_answers.TEXT_ENTRY(restored))
