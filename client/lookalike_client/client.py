"""The client: one method for each thing that a server can be asked."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Callable, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from lookalike_client import (
    answers,
    import_answers,
    pictures,
    rule_answers,
    transport,
    verdict_answers,
)
from lookalike_client.answers import (
    AddedTexts,
    Check,
    Cluster,
    EventPage,
    ImageList,
    Item,
    Match,
    MatchAnswer,
    TextCheck,
    TextEntry,
    TextList,
    Webhook,
)
from lookalike_client.import_answers import Import, RefusedImportRow
from lookalike_client.pictures import Image, Url
from lookalike_client.rule_answers import (
    AcceptedProposals,
    Rule,
    RulePreview,
    RuleProposals,
    RuleRun,
)
from lookalike_client.transport import Answer, Request, Transport
from lookalike_client.verdict_answers import (
    HistoryEntry,
    ImageGroup,
    Notice,
    PartedMatch,
    Submission,
    Verdict,
    VerdictPreview,
    VerdictVersion,
    WantedGroup,
)

Read = TypeVar("Read")

_PAGE_SIZE = 100


class Lookalike:
    """A server and the token of one of its credentials; every method raises LookalikeError.

    `timeout_s` bounds each connecting and each silence of the server. `retries` bounds how often a
    request is sent again after it failed: when it was never sent, when the server is busy and says
    for how long, and, for a request that may safely be repeated, when the connection broke.
    An add counts as such with bytes or a file under a `custom_id`: the server knows them again.
    """

    def __init__(
        self, base_url: str, token: str, *, timeout_s: float = 30.0, retries: int = 2
    ) -> None:
        """Connect to nothing yet; `base_url` is such as https://lookalike.example.org."""
        self._transport = Transport(base_url, token, timeout_s=timeout_s, retries=retries)

    def __enter__(self) -> Lookalike:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    # ---------------------------------------------------------------------------------- lists

    def create_list(self, name: str, **settings: object) -> ImageList:
        """Create a list; settings such as `depth` are those of the native API."""
        created = self._post("/v1/lists/", {"name": name, **settings})
        return _read(answers.image_list, created)

    def lists(self) -> Iterator[ImageList]:
        """Yield all lists, newest first."""
        return self._pages("/v1/lists/", {}, answers.image_list)

    def get_list(self, list_id: str) -> ImageList:
        """Return a list."""
        return _read(answers.image_list, self._get(_path("lists", list_id)))

    def delete_list(self, list_id: str) -> None:
        """Take a list and its items out of service."""
        self._delete(_path("lists", list_id))

    # ---------------------------------------------------------------------------------- items

    def add(
        self,
        list_id: str,
        image: Image,
        *,
        custom_id: str | None = None,
        depth: str | None = None,
    ) -> Item:
        """Add an image: the same bytes under the same `custom_id` are one item."""
        fields = {"custom_id": custom_id, "depth": depth}
        # What an address answers may have changed meanwhile.
        is_repeatable = bool(custom_id) and not isinstance(image, Url)
        path = _path("lists", list_id, "items")
        return _read(answers.item, self._upload(path, image, fields, is_repeatable=is_repeatable))

    def items(self, list_id: str, **asked: object) -> Iterator[Item]:
        """Yield a list's items, newest first.

        What may be asked for is `q`, `copies`, `review`, `flat`, `removed`, `tag` and `sort`.
        """
        return self._pages(_path("lists", list_id, "items"), asked, answers.item)

    def change(self, list_id: str, item_id: str, **changes: object) -> Item:
        """Change an item's `custom_id`, `name`, `tags` or `context`; the others stay."""
        return _read(answers.item, self._patch(_path("lists", list_id, "items", item_id), changes))

    def remove(self, list_id: str, item_id: str) -> None:
        """Take an item out of its list."""
        self._delete(_path("lists", list_id, "items", item_id))

    # -------------------------------------------------------------------------------- matching

    def check(
        self,
        list_id: str,
        image: Image,
        *,
        min_score: float | None = None,
        limit: int | None = None,
        depth: str | None = None,
    ) -> Check:
        """Compare an image with a list; it is stored nowhere."""
        fields = {"min_score": min_score, "limit": limit, "depth": depth}
        path = _path("lists", list_id, "check")
        return _read(answers.check, self._upload(path, image, fields, is_repeatable=True))

    def match(  # noqa: PLR0913 - what may be said of an image, of which most is left out
        self,
        image: Image,
        *,
        list_id: str | None = None,
        threshold: int | None = None,
        store: bool = True,
        external_id: str | None = None,
        recipient: str | None = None,
        language: str | None = None,
        callback_url: str | None = None,
        include_matches: bool = False,
        include_verdict: bool = False,
        include_group: bool = False,
    ) -> MatchAnswer:
        """Match an image against all submitted before, and keep it unless `store` is false.

        `threshold` is the largest distance that counts, 0 for the same picture to 64. `recipient`
        is your own name of who asks: with `include_verdict` the answer tells what is known, and
        what is found out later is told once, as an event and at the `callback_url`.
        """
        included = {
            "matches": include_matches, "verdict": include_verdict, "group": include_group,
        }  # fmt: skip
        fields = {
            "list": list_id,
            "threshold": threshold,
            "store": store,
            "external_id": external_id,
            "recipient": recipient,
            "language": language,
            "callback_url": callback_url,
            "include": ",".join(name for name, asked in included.items() if asked) or None,
        }
        # An image that was stored by an attempt whose answer was lost would match itself.
        answer = self._upload("/v1/match/", image, fields, is_repeatable=not store)
        item_id = answer.headers.get("X-Item-Id")
        return _read(lambda body: answers.match_answer(body, item_id), answer)

    # ---------------------------------------------------------------------------------- review

    def matches(self, *, state: str | None = None, list_id: str | None = None) -> Iterator[Match]:
        """Yield pairs of images, best score first.

        States: suggested, confirmed, dissociated, superseded.
        """
        return self._pages("/v1/matches/", {"state": state, "list": list_id}, answers.match)

    def confirm(
        self, match_id: str, *, note: str | None = None, version: int | None = None
    ) -> Match:
        """Decide that two images match; with the `version` seen, raise Conflict if it is older."""
        return self._decide(match_id, "confirm", note=note, version=version)

    def dissociate(
        self, match_id: str, *, note: str | None = None, version: int | None = None
    ) -> Match:
        """Decide that two images do not match: they are never suggested again."""
        return self._decide(match_id, "dissociate", note=note, version=version)

    def undo(self, match_id: str, *, version: int | None = None) -> Match:
        """Take the latest decision about a match back."""
        return self._decide(match_id, "undo", version=version)

    def cluster(self, item_id: str) -> Cluster:
        """Return the pictures that confirmed pairs connect with an item's, all of them."""
        path = _path("items", item_id, "cluster")
        members = tuple(self._pages(path, {}, answers.cluster_member))
        first = self._get(path, {"limit": 1})
        return _read(lambda body: answers.cluster(body, members), first)

    # ---------------------------------------------------------------------- groups and verdicts

    def groups(self) -> Iterator[WantedGroup]:
        """Yield the groups that are asked about, most often first."""
        return self._pages("/v1/groups/", {}, verdict_answers.wanted_group)

    def group(self, name: str) -> ImageGroup:
        """Return the group of a picture: the id of an item, or a SHA-256."""
        return _read(verdict_answers.group, self._get(_path("groups", name)))

    def pin(self, name: str, sha256: str) -> ImageGroup:
        """Choose which of its pictures is a group's reference."""
        return self._change_group(name, "pin", sha256=sha256)

    def merge(self, name: str, item: str, *, keep: str | None = None) -> ImageGroup:
        """Confirm that another picture (id or SHA-256) shows what the group shows.

        Where both groups have a published verdict, `keep` is the id of the one that stays; without
        it Conflict has the ids of both as `verdicts`.
        """
        return self._change_group(name, "merge", item=item, keep=keep)

    def split(
        self, name: str, matches: Iterable[str] = (), *, items: Iterable[str] = ()
    ) -> tuple[PartedMatch, ...]:
        """Dissociate all confirmed pairs that link two parts of a group, or none of them.

        Instead of the ids of the pairs, `items` are ids or SHA-256 of the pictures to split off.
        """
        asked = {"matches": list(matches), "items": list(items)}
        body = {field: named for field, named in asked.items() if named}
        parted = self._post(_path("groups", name, "split"), body)
        return _read(verdict_answers.parted_matches, parted)

    def history(self, name: str) -> Iterator[HistoryEntry]:
        """Yield what was done in a group, newest first."""
        return self._pages(_path("groups", name, "history"), {}, verdict_answers.history_entry)

    def verdict(self, name: str) -> Verdict:
        """Return a group's verdict, published before drafted; raise NotFound without one."""
        return _read(verdict_answers.verdict, self._get(_path("groups", name, "verdict")))

    def draft_verdict(self, name: str, *, version: int | None = None, **content: str) -> Verdict:
        """Keep what is being written about a group; nobody is told of it.

        The content is `rating`, `title`, `summary`, `url` and `language`; what is left out is
        empty. With the `version` seen, raise Conflict if there is a later one.
        """
        body = {"version": version, **content}
        # Written again it is the same.
        sent = self._send("PUT", _path("groups", name, "verdict"), body, is_repeatable=True)
        return _read(verdict_answers.verdict, sent)

    def discard_draft(self, name: str) -> None:
        """Discard what is being written about a group; what is published stays."""
        self._delete(_path("groups", name, "verdict"))

    def publish_verdict(self, name: str, *, version: int | None = None) -> Verdict:
        """Publish a group's draft: who asked about what it covers is told after a while."""
        return self._change_verdict(name, "publish", version=version)

    def retract_verdict(self, name: str, *, version: int | None = None) -> Verdict:
        """Take a group's verdict back: who was told of it is told that it does not hold."""
        return self._change_verdict(name, "retract", version=version)

    def reuse_verdict(self, name: str, verdict_id: str) -> Verdict:
        """Publish about a group what is published about another one."""
        return self._change_verdict(name, "reuse", verdict=verdict_id)

    def preview_verdict(self, name: str) -> VerdictPreview:
        """Return who would be told if a group's draft were published, or its verdict retracted."""
        path = _path("groups", name, "verdict", "preview")
        return _read(verdict_answers.verdict_preview, self._get(path))

    def verdict_versions(self, name: str) -> Iterator[VerdictVersion]:
        """Yield the versions of a group's verdict, newest first."""
        path = _path("groups", name, "verdict", "versions")
        return self._pages(path, {}, verdict_answers.verdict_version)

    def verdicts(self, *, state: str | None = None) -> Iterator[Verdict]:
        """Yield the verdicts, newest first: draft, published, retracted, replaced."""
        return self._pages("/v1/verdicts/", {"state": state}, verdict_answers.verdict)

    def submissions(
        self, *, external_id: str | None = None, recipient: str | None = None
    ) -> Iterator[Submission]:
        """Yield the pictures that programs asked about, newest first."""
        query = {"external_id": external_id, "recipient": recipient}
        return self._pages("/v1/submissions/", query, verdict_answers.submission)

    def forget_recipient(self, recipient: str) -> int:
        """Delete all that is kept of somebody who asked; return how many submissions that were."""
        sent = self._transport.send(
            Request("DELETE", "/v1/submissions/", {"recipient": recipient}, is_repeatable=False)
        )
        return _read(lambda body: int(body["submissions"]), sent)

    def notices(
        self, *, state: str | None = None, verdict_id: str | None = None
    ) -> Iterator[Notice]:
        """Yield what people are told, newest first: planned, sent, answered, withdrawn."""
        query = {"state": state, "verdict": verdict_id}
        return self._pages("/v1/notices/", query, verdict_answers.notice)

    def send_notice_again(self, notice_id: str) -> Notice:
        """Have a notice that was sent told once more, under the id of its event; return it."""
        return _read(verdict_answers.notice, self._post(_path("notices", notice_id, "send"), {}))

    def grace_s(self) -> int:
        """Return how many seconds the server waits until anybody is told of a verdict."""
        return _read(_grace_s, self._get("/v1/verdict-settings/"))

    def set_grace_s(self, grace_s: int) -> int:
        """Set how many seconds the server waits until anybody is told, and return them."""
        return _read(_grace_s, self._patch("/v1/verdict-settings/", {"grace_s": grace_s}))

    # ------------------------------------------------------------------------------ of many images

    def import_file(
        self,
        list_id: str,
        file: Path | bytes,
        *,
        name: str | None = None,
        kind: str | None = None,
        key: str | None = None,
    ) -> Import:
        """Import a ZIP, or a table as CSV or JSON lines, which is sent in parts.

        The server does the work: ask for `get_import` until its state is done. A table waits for
        `start_import`. Bytes need a `name`, or a `kind`: zip, table or files. With the same `key`
        an import that broke off goes on where it was. Raise OSError for a file that cannot be read.
        """
        opened = io.BytesIO(file) if isinstance(file, bytes) else file.open("rb")
        with opened as content:
            byte_size = content.seek(0, io.SEEK_END)
            asked = {
                "list": list_id,
                "name": name or (file.name if isinstance(file, Path) else ""),
                "kind": kind or "",
                "byte_size": byte_size,
                "key": key or uuid.uuid4().hex,
            }
            run = self._begun(asked)
            while run.state == "receiving":
                content.seek(run.received_bytes)
                part = content.read(run.part_bytes)
                run = self._send_part(run, part)
        return run

    def import_bucket(self, list_id: str, source: str, *, key: str | None = None) -> Import:
        """Import what lies at s3://bucket/prefix, which the server's operator has opened."""
        return self._begun({"list": list_id, "source": source, "key": key or uuid.uuid4().hex})

    def imports(self, *, state: str | None = None, list_id: str | None = None) -> Iterator[Import]:
        """Yield the imports, newest first: receiving, ready, running, paused, done, cancelled."""
        query = {"state": state, "list": list_id}
        return self._pages("/v1/imports/", query, import_answers.image_import)

    def get_import(self, import_id: str) -> Import:
        """Return an import."""
        return _read(import_answers.image_import, self._get(_path("imports", import_id)))

    def start_import(self, import_id: str, meanings: Iterable[str] | None = None) -> Import:
        """Begin with a table whose columns mean what is said, or what was guessed."""
        body = {"meanings": None if meanings is None else list(meanings)}
        return self._change_import(import_id, "start", body)

    def pause_import(self, import_id: str) -> Import:
        """Stop an import until somebody lets it go on."""
        return self._change_import(import_id, "pause")

    def resume_import(self, import_id: str) -> Import:
        """Let a paused import go on where it was."""
        return self._change_import(import_id, "resume")

    def cancel_import(self, import_id: str) -> Import:
        """End an import; what it has added stays."""
        return self._change_import(import_id, "cancel")

    def refused_rows(self, import_id: str) -> tuple[RefusedImportRow, ...]:
        """Return what could not be imported, in its order, and why."""
        path = _path("imports", import_id, "refused")
        table = self._transport.send(Request("GET", path, {}, is_repeatable=True, is_text=True))
        return _read(import_answers.refused_rows, table)

    # ----------------------------------------------------------------------------------- rules

    def create_rule(self, name: str, *, act: str, kinds: Iterable[str], **criteria: object) -> Rule:
        """Write a rule, which is off; the criteria are those of the native API."""
        body = {"name": name, "act": act, "kinds": list(kinds), **criteria}
        return _read(rule_answers.rule, self._post("/v1/rules/", body))

    def rules(self) -> Iterator[Rule]:
        """Yield the rules, newest first."""
        return self._pages("/v1/rules/", {}, rule_answers.rule)

    def get_rule(self, rule_id: str) -> Rule:
        """Return a rule."""
        return _read(rule_answers.rule, self._get(_path("rules", rule_id)))

    def change_rule(self, rule_id: str, **changes: object) -> Rule:
        """Change a rule's name or criteria; the others stay, and None means what it does there.

        With the `version` seen, raise Conflict if there is a later one.
        """
        sent = self._send("PATCH", _path("rules", rule_id), changes)
        return _read(rule_answers.rule, sent)

    def delete_rule(self, rule_id: str) -> None:
        """Remove a rule; what it decided stays."""
        self._delete(_path("rules", rule_id))

    def preview_rule(self, rule_id: str | None = None, **criteria: object) -> RulePreview:
        """Try a rule on what people decided: one that is there, or `act`, `kinds` and the like."""
        body = {"rule": rule_id or "", **criteria}
        sent = self._send("POST", "/v1/rules/preview/", body, is_repeatable=True)
        return _read(rule_answers.preview, sent)

    def set_rule_mode(self, rule_id: str, mode: str, *, version: int) -> Rule:
        """Set the version that was seen to work (asks, alone), or switch the rule off."""
        body = {"mode": mode, "version": version}
        # Set again it is the same.
        sent = self._send("POST", _path("rules", rule_id, "mode"), body, is_repeatable=True)
        return _read(rule_answers.rule, sent)

    def rule_proposals(self, rule_id: str) -> RuleProposals:
        """Return what a rule proposes, at most 100 matches; nothing unless it asks."""
        return _read(rule_answers.proposals, self._get(_path("rules", rule_id, "proposals")))

    def accept_proposals(
        self,
        rule_id: str,
        proposals: RuleProposals,
        *,
        taken_out: Iterable[str] = (),
        key: str | None = None,
    ) -> AcceptedProposals:
        """Let a rule decide what it proposed, each match as it was seen or not at all.

        Matches that are `taken_out`, by their ids, wait for people: no rule decides them. With the
        same `key` nothing is decided twice.
        """
        out = list(taken_out)
        matches = [
            {"id": each.id, "version": each.version}
            for each in proposals.matches
            if each.id not in out
        ]
        body = {
            "version": proposals.version,
            "matches": matches,
            "taken_out": out,
            "key": key or uuid.uuid4().hex,
        }
        sent = self._send("POST", _path("rules", rule_id, "accept"), body, is_repeatable=True)
        return _read(rule_answers.accepted, sent)

    def rule_runs(self, rule_id: str) -> Iterator[RuleRun]:
        """Yield what a rule decided, run by run, newest first."""
        return self._pages(_path("rules", rule_id, "runs"), {}, rule_answers.run)

    def undo_rule_run(self, run_id: str) -> tuple[PartedMatch, ...]:
        """Take back what a rule decided in one go, but for what was decided again since."""
        return _read(
            verdict_answers.parted_matches, self._post(_path("rule-runs", run_id, "undo"), {})
        )

    # ---------------------------------------------------------------------------------- events

    def events(
        self,
        after: int = 0,
        *,
        types: Iterable[str] = (),
        list_id: str | None = None,
        limit: int | None = None,
    ) -> EventPage:
        """Return events after a position, in their order; go on with the page's `after`.

        Raise Gone when some of them are deleted.
        """
        query = {
            "after": after, "types": ",".join(types) or None, "list": list_id, "limit": limit,
        }  # fmt: skip
        return _read(answers.event_page, self._get("/v1/events/", query))

    def webhooks(self) -> Iterator[Webhook]:
        """Yield the webhooks, newest first; it takes an admin's token, as do their changes."""
        return self._pages("/v1/webhooks/", {}, answers.webhook)

    def create_webhook(self, url: str, *, name: str = "", types: Iterable[str] = ()) -> Webhook:
        """Have an address told of what happens from now on: of all, or of the named types."""
        settings = {"url": url, "name": name, "types": list(types)}
        return _read(answers.webhook, self._post("/v1/webhooks/", settings))

    def change_webhook(
        self,
        webhook_id: str,
        *,
        name: str | None = None,
        types: Iterable[str] | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change a webhook; one that is enabled is sent at once what waits."""
        settings = {
            "name": name, "types": None if types is None else list(types), "enabled": enabled,
        }  # fmt: skip
        return _read(answers.webhook, self._patch(_path("webhooks", webhook_id), settings))

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook with what waits for it."""
        self._delete(_path("webhooks", webhook_id))

    # ------------------------------------------------------------------------------ text lists

    def create_text_list(self, name: str, *, kind: str = "disallow") -> TextList:
        """Create a list of texts to find (`disallow`) or to leave alone (`allow`)."""
        created = self._post("/v1/text-lists/", {"name": name, "kind": kind})
        return _read(answers.text_list, created)

    def text_lists(self) -> Iterator[TextList]:
        """Yield all text lists, newest first."""
        return self._pages("/v1/text-lists/", {}, answers.text_list)

    def get_text_list(self, text_list_id: str) -> TextList:
        """Return a text list."""
        return _read(answers.text_list, self._get(_path("text-lists", text_list_id)))

    def change_text_list(
        self, text_list_id: str, *, name: str | None = None, kind: str | None = None
    ) -> TextList:
        """Change a text list's name or kind."""
        path = _path("text-lists", text_list_id)
        return _read(answers.text_list, self._patch(path, {"name": name, "kind": kind}))

    def delete_text_list(self, text_list_id: str) -> None:
        """Take a text list out of service; for 30 days it can be restored."""
        self._delete(_path("text-lists", text_list_id))

    def restore_text_list(self, text_list_id: str) -> TextList:
        """Put a text list back that was taken out."""
        return _read(
            answers.text_list, self._post(_path("text-lists", text_list_id, "restore"), {})
        )

    def add_text(self, text_list_id: str, text: str, **facts: str) -> TextEntry:
        """Add a text; facts are `language`, `match`, `category` and `note`.

        Raise Conflict when the list has it for that language.
        """
        path = _path("text-lists", text_list_id, "entries")
        return _read(answers.text_entry, self._post(path, {"text": text, **facts}))

    def add_texts(self, text_list_id: str, texts: Iterable[str], **facts: str) -> AddedTexts:
        """Add up to 10,000 texts with the same facts; one that is refused stops no other."""
        path = _path("text-lists", text_list_id, "entries", "bulk")
        body = {"texts": list(texts), **facts}
        return _read(answers.added_texts, self._post(path, body))

    def text_entries(
        self,
        text_list_id: str,
        *,
        language: str | None = None,
        category: str | None = None,
        text: str | None = None,
    ) -> Iterator[TextEntry]:
        """Yield a text list's entries, newest first; `text` is a part of theirs."""
        query = {"language": language, "category": category, "text": text}
        return self._pages(_path("text-lists", text_list_id, "entries"), query, answers.text_entry)

    def change_text(self, text_list_id: str, entry_id: str, **changes: str) -> TextEntry:
        """Change the `text`, `language`, `match`, `category` or `note` of an entry."""
        path = _path("text-lists", text_list_id, "entries", entry_id)
        return _read(answers.text_entry, self._patch(path, changes))

    def remove_text(self, text_list_id: str, entry_id: str) -> None:
        """Take an entry out of its list; for 30 days it can be restored."""
        self._delete(_path("text-lists", text_list_id, "entries", entry_id))

    def restore_text(self, text_list_id: str, entry_id: str) -> TextEntry:
        """Put an entry back that was taken out."""
        path = _path("text-lists", text_list_id, "entries", entry_id, "restore")
        return _read(answers.text_entry, self._post(path, {}))

    def check_text(
        self,
        text: str,
        *,
        languages: Iterable[str] = ("en",),
        countries: Iterable[str] = ("us", "fr", "gb"),
        text_lists: Iterable[str] = (),
        mode: str = "rules",
    ) -> TextCheck:
        """Judge a text of up to 10,000 characters; it is kept nowhere.

        `mode` is "username" for a name that somebody chose, in which words run together.
        """
        asked = {
            "text": text,
            "lang": ",".join(languages),
            "opt_countries": ",".join(countries),
            "opt_textlist": ",".join(text_lists),
            "mode": mode,
        }
        sent = self._send("POST", "/1.0/text/check.json", asked, is_repeatable=True)
        return _read(answers.text_check, sent)

    # --------------------------------------------------------------------------------- sending

    def _decide(self, match_id: str, act: str, **said: object) -> Match:
        given = {name: value for name, value in said.items() if value is not None}
        return _read(answers.match, self._post(_path("matches", match_id, act), given))

    def _begun(self, asked: Mapping[str, object]) -> Import:
        # Under its key it is begun once, however often it is asked for.
        sent = self._send("POST", "/v1/imports/", asked, is_repeatable=True)
        return _read(import_answers.image_import, sent)

    def _send_part(self, run: Import, part: bytes) -> Import:
        body, content_type = pictures.form_of_part(part, offset=run.received_bytes)
        path = _path("imports", run.id, "parts")
        # A part that is there already changes nothing.
        request = Request(
            "POST", path, {}, is_repeatable=True, body=body, content_type=content_type
        )
        return _read(import_answers.image_import, self._transport.send(request))

    def _change_import(
        self, import_id: str, act: str, body: Mapping[str, object] | None = None
    ) -> Import:
        sent = self._post(_path("imports", import_id, act), body or {})
        return _read(import_answers.image_import, sent)

    def _change_group(self, name: str, act: str, **said: object) -> ImageGroup:
        given = {field: value for field, value in said.items() if value is not None}
        return _read(verdict_answers.group, self._post(_path("groups", name, act), given))

    def _change_verdict(self, name: str, act: str, **said: object) -> Verdict:
        changed = self._post(_path("groups", name, "verdict", act), said)
        return _read(verdict_answers.verdict, changed)

    def _pages(
        self, path: str, query: Mapping[str, object], read: Callable[[Any], Read]
    ) -> Iterator[Read]:
        after: str | None = ""
        while after is not None:
            page = self._get(path, {**query, "limit": _PAGE_SIZE, "after": after or None})
            rows, after = _read(_page, page)
            for row in rows:
                yield _read(read, Answer(row, {}))

    def _get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        return self._transport.send(Request("GET", path, query or {}, is_repeatable=True))

    def _post(self, path: str, body: Mapping[str, object]) -> Answer:
        return self._send("POST", path, body)

    def _patch(self, path: str, changes: Mapping[str, object]) -> Answer:
        given = {name: value for name, value in changes.items() if value is not None}
        return self._send("PATCH", path, given)

    def _send(
        self, method: str, path: str, body: Mapping[str, object], *, is_repeatable: bool = False
    ) -> Answer:
        return self._transport.send(
            Request(
                method,
                path,
                {},
                is_repeatable=is_repeatable,
                body=json.dumps(body).encode(),
                content_type="application/json",
            )
        )

    def _upload(
        self, path: str, image: Image, fields: Mapping[str, object], *, is_repeatable: bool
    ) -> Answer:
        body, content_type = pictures.form(image, fields)
        return self._transport.send(Request("POST", path, {}, is_repeatable, body, content_type))

    def _delete(self, path: str) -> None:
        # Not repeated: the second attempt would find nothing, and could not tell why.
        self._transport.send(Request("DELETE", path, {}, is_repeatable=False))


def _path(*parts: str) -> str:
    """Return an address under /v1/; whatever an id is, it stays one part of it."""
    return "/v1/" + "".join(f"{quote(part, safe='')}/" for part in parts)


def _grace_s(body: Any) -> int:
    return int(body["grace_s"])


def _page(body: Any) -> tuple[list[Any], str | None]:
    """Return the rows and the mark of the next page; its address is not gone to, only read."""
    following = body["next"]
    mark = parse_qs(urlsplit(following).query)["after"][0] if following else None
    return body["results"], mark


def _read(read: Callable[[Any], Read], answer: Answer) -> Read:
    try:
        return read(answer.body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise transport.unreadable() from error
