"""Bugs to plant, one a row; `scripts/seeded_bugs.py` tells which of them the tests notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seed:
    """A bug: `new` in the place of `old`, which its file has exactly once, must fail the test."""

    name: str
    path: str
    old: str
    new: str
    test: str
    needs_postgres: bool = False


SEEDS = (
    Seed(
        "Removing somebody lost its transaction",
        "accounts/services.py",
        "@transaction.atomic\ndef remove_member",
        "def remove_member",
        "tests/accounts/test_team_concurrency.py::test_a_removal_that_fails_half_way_removes_nobody",
    ),
    Seed(
        "A change of the team takes no lock",
        "accounts/team.py",
        "    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)\n",
        "",
        "tests/accounts/test_team_concurrency.py"
        "::test_two_admins_who_remove_each_other_at_once_leave_one",
        needs_postgres=True,
    ),
    Seed(
        "An API secret is stored as it is",
        "accounts/services.py",
        "credential.secret_sha256 = sha256(secret)",
        "credential.secret_sha256 = secret",
        "tests/accounts/test_credentials.py::test_the_secret_is_nowhere_in_the_row",
    ),
    Seed(
        "Sessions outlive a reset password",
        "accounts/models.py",
        "    objects = UserManager()",
        '    get_session_auth_hash = lambda self: "same"\n    objects = UserManager()',
        "tests/accounts/test_team.py::test_a_new_password_replaces_the_old_one_and_ends_the_sessions",
    ),
    Seed(
        "A link to join works for ever",
        "accounts/invitations.py",
        "Invitation.objects.filter(expires_at__gt=timezone.now())",
        "Invitation.objects.all()",
        "tests/accounts/test_invitations.py::test_a_link_works_for_seven_days",
    ),
    Seed(
        "An invitation takes an account elsewhere over",
        "accounts/invitations.py",
        "    if not is_free or Membership.objects.filter(user=user).exists():\n"
        "        raise AddressTaken\n",
        "",
        "tests/accounts/test_invitations.py::test_an_account_elsewhere_is_never_taken_over",
    ),
    Seed(
        "A code of the app works twice",
        "accounts/second_factor.py",
        " and step > after",
        "",
        "tests/accounts/test_second_factor.py::test_the_code_of_the_app_is_right_and_works_once",
    ),
    Seed(
        "The password alone signs in",
        "dashboard/doors.py",
        '        return _ask_first(request, user, "dashboard:code", to)\n',
        "        pass\n",
        "tests/dashboard/test_two_steps.py::test_the_password_alone_opens_nothing",
    ),
    Seed(
        "A provider's word makes an operator",
        "accounts/openid.py",
        "if not user.is_active or user.is_staff or user.is_superuser:",
        "if not user.is_active:",
        "tests/dashboard/test_openid.py"
        "::test_the_provider_becomes_no_operator_and_opens_no_closed_account",
    ),
    Seed(
        "Somebody is known by an address that nobody vouches for",
        "accounts/openid.py",
        "if not (claims.is_verified and claims.email):",
        "if not claims.email:",
        "tests/dashboard/test_openid.py::test_who_is_not_known_or_not_vouched_for_is_not_let_in",
    ),
    Seed(
        "A quota lets one more through",
        "accounts/quotas.py",
        "kept.used + excluded.used <= %s",
        "kept.used + excluded.used <= %s + 1",
        "tests/accounts/test_quotas.py"
        "::test_requests_are_counted_by_credential_and_start_anew_each_minute",
    ),
    Seed(
        "A password may be guessed once more",
        "accounts/sign_in.py",
        "        _key(email, address): MAX_FAILURES,",
        "        _key(email, address): MAX_FAILURES + 1,",
        "tests/dashboard/test_sign_in.py"
        "::test_after_five_failures_the_sixth_attempt_waits_until_the_first_is_old",
    ),
    Seed(
        "Pages open to strangers",
        "accounts/http.py",
        'cast("View[Parameters]", login_required(answer))',
        'cast("View[Parameters]", answer)',
        "tests/dashboard/test_access.py::test_somebody_unknown_is_asked_to_sign_in",
    ),
    Seed(
        "A page asks for no permission",
        "dashboard/views/lists.py",
        "    actor_of(request).require(Permission.CHANGE_LISTS)\n",
        "",
        "tests/dashboard/test_access.py::test_each_role_may_do_what_it_includes_and_no_more",
    ),
    Seed(
        "A page lost its decorator",
        "dashboard/views/team.py",
        "@page\n@require_POST\ndef remove(",
        "@require_POST\ndef remove(",
        "tests/dashboard/test_access.py::test_somebody_unknown_is_asked_to_sign_in",
    ),
    Seed(
        "A page shows text of clients as HTML",
        "templates/settings/feedback.html",
        "{% firstof feedback.url feedback.name %}",
        "{{ feedback.url|safe }}",
        "tests/dashboard/test_feedback_page.py::test_what_clients_wrote_is_text_on_the_page",
    ),
    Seed(
        "A cell of the export may be a formula",
        "common/spreadsheets.py",
        """cell.lstrip("' ").startswith""",
        "cell.startswith",
        "tests/dashboard/test_activity_page.py"
        "::test_every_way_to_begin_a_formula_is_made_plain_text",
    ),
    Seed(
        "Lists of every organisation are in reach",
        "lists/selectors.py",
        "List.objects.filter(organisation_id=actor.organisation_id, removed_at=None)",
        "List.objects.filter(removed_at=None)",
        "tests/lists/test_lists.py::test_a_foreign_list_answers_as_one_that_never_existed",
    ),
    Seed(
        "Pairs of every organisation are in reach",
        "review/pairs/selectors.py",
        """MatchCandidate.objects.filter(
        image_list__in=lists_selectors.lists_for(actor)
    ).select_related(""",
        "MatchCandidate.objects.select_related(",
        "tests/review/test_decisions.py::test_a_foreign_pair_answers_as_one_that_never_existed",
    ),
    Seed(
        "Decisions of every organisation are shown",
        "review/pairs/activity.py",
        "MatchCandidate.objects.filter(image_list__in=lists)",
        "MatchCandidate.objects.all()",
        "tests/dashboard/test_activity_page.py::test_organisations_never_see_each_others_decisions",
    ),
    Seed(
        "Pictures of every organisation are shown",
        "review/pairs/selectors.py",
        "        in_reach, organisation_id=actor.organisation_id, sha256__in",
        "        sha256__in",
        "tests/api/test_pictures.py::test_a_person_of_another_organisation_sees_none",
    ),
    Seed(
        "Feedback of every organisation is shown",
        "review/submissions/selectors.py",
        "Feedback.objects.filter(organisation_id=actor.organisation_id)",
        "Feedback.objects.all()",
        "tests/dashboard/test_feedback_page.py::test_nothing_of_others_is_shown",
    ),
    Seed(
        "A page of a collection skips a row",
        "lists/pages.py",
        "found[size - 1].pk",
        "found[size].pk",
        "tests/api/test_native.py::test_pages_follow_each_other_without_gaps_or_repeats",
    ),
    Seed(
        "The address of a next page holds a secret",
        "api/native/paging.py",
        '("api_user", "api_secret")',
        '("api_user",)',
        "tests/api/test_native.py::test_the_address_of_the_next_page_holds_no_secret",
    ),
    Seed(
        "A removal is not told to other processes",
        "lists/services.py",
        "    ItemChange.objects.create(item=item)\n",
        "",
        "tests/review/test_submit.py::test_a_removed_item_is_not_found_and_a_restored_one_is",
    ),
    Seed(
        "A purge takes pictures of items",
        "lists/selectors.py",
        "        ~Exists(items.filter(purged_at=None)),\n",
        "",
        "tests/lists/test_purge.py::test_the_picture_of_an_item_that_was_put_back_stays_for_ever",
    ),
    Seed(
        "The feed misses what commits late",
        "lists/feed.py",
        "AND NOT pg_visible_in_snapshot(change.xid, %(seen)s::pg_snapshot)",
        "AND change.xid >= pg_snapshot_xmax(%(seen)s::pg_snapshot)",
        "tests/lists/test_feed.py::test_a_change_that_commits_late_is_not_missed",
        needs_postgres=True,
    ),
    Seed(
        "A credential is left without its lists",
        "lists/credentials.py",
        "@transaction.atomic\n",
        "",
        "tests/lists/test_credentials.py::test_a_credential_is_not_left_without_its_grants",
    ),
    Seed(
        "A migration forgets a constraint",
        "lists/migrations/0001_initial.py",
        '("duplicate_threshold__gte", models.F("suggestion_threshold")),',
        "",
        "tests/lists/test_lists.py::test_the_database_itself_refuses_thresholds_out_of_order",
    ),
    Seed(
        "A decision is made anew under its key",
        "review/pairs/transitions.py",
        "    if _was_done(locked, act=act, by=by, key=details.key):\n        return locked\n",
        "",
        "tests/review/test_keys_and_reasons.py::test_a_key_names_one_decision_about_one_pair",
    ),
    Seed(
        "An undo leaves the scope as it is",
        "review/pairs/transitions.py",
        "Scope(decision.from_scope)",
        "Scope(now.scope)",
        "tests/review/test_scope_and_doubt.py"
        "::test_a_change_of_scope_is_a_decision_and_undo_steps_back_through_it",
    ),
    Seed(
        "An old page decides all the same",
        "review/pairs/transitions.py",
        "locked.version != expected_version",
        "locked.version < expected_version",
        "tests/review/test_decisions.py"
        "::test_a_decision_on_an_old_page_is_refused_with_the_present_state",
    ),
    Seed(
        "A score filter leaves its bound out",
        "review/queue/filters.py",
        '"score__lte": queue.score_to',
        '"score__lt": queue.score_to',
        "tests/review_pages/test_queue_pages.py::test_pairs_are_filtered_by_what_they_are",
    ),
    Seed(
        "The queue shows a pair twice",
        "review/queue/ordering.py",
        "        yield pairs.filter(score=after.score, pk__gt=after.pk)\n",
        "        yield pairs.filter(score=after.score, pk__gte=after.pk)\n",
        "tests/review/test_queue_order.py::test_pages_show_every_pair_once_and_in_order",
    ),
    Seed(
        "A claim on a pair never ends",
        "review/queue/claims.py",
        "Q(claimed_until=None) | Q(claimed_until__lte=timezone.now())",
        "Q(claimed_until=None)",
        "tests/review/test_claims.py::test_a_lease_that_has_ended_is_claimable",
    ),
    Seed(
        "What was taken back counts as decided",
        "review/queue/counting.py",
        "own.filter(act__in=_DECISIONS, undone_by=None)",
        "own.filter(act__in=_DECISIONS)",
        "tests/review/test_queue_order.py::test_what_was_taken_back_does_not_count_as_decided_today",
    ),
    Seed(
        "A pair that was left counts as done",
        "review/bulk.py",
        "        return PairOutcome(match_id, pair, error)\n",
        "        return PairOutcome(match_id, pair, is_done=True)\n",
        "tests/review/test_selections.py"
        "::test_what_others_decided_or_what_is_gone_is_told_and_left_alone",
    ),
    Seed(
        "An analyst takes a colleague's pairs",
        "review/bulk.py",
        "if not is_own and not by.may(Permission.ASSIGN_MATCHES):",
        "if not is_own and not by.may(Permission.DECIDE_MATCHES):",
        "tests/review/test_selections.py"
        "::test_analysts_take_what_is_nobodys_and_managers_assign_anything",
    ),
    Seed(
        "A dissociated pair is a match again",
        "review/submissions/run.py",
        "excluded = pairs_selectors.dissociated_images(known, submission.searched_lists)",
        "excluded = {}",
        "tests/review/test_submit.py::test_a_dissociated_pair_is_never_returned_nor_suggested_again",
    ),
    Seed(
        "Pairs are written in any order",
        "review/submissions/pairing.py",
        "    fresh.sort(key=_key)\n",
        "",
        "tests/review/test_pairing.py"
        "::test_calls_that_write_the_same_pairs_crosswise_never_wait_in_a_circle",
        needs_postgres=True,
    ),
    Seed(
        "A job is tried again without end",
        "jobs/services.py",
        '    waits = Q(attempts__lt=F("max_attempts"))\n',
        "    waits = Q(attempts__gte=0)\n",
        "tests/jobs/test_queue.py"
        "::test_a_job_that_fails_is_tried_again_after_a_while_until_its_attempts_are_used_up",
    ),
    Seed(
        "Workers wait for each other",
        "jobs/services.py",
        "ready.select_for_update(skip_locked=True)",
        "ready.select_for_update()",
        "tests/jobs/test_concurrency.py"
        "::test_a_worker_does_not_wait_for_another_one_that_is_claiming",
        needs_postgres=True,
    ),
    Seed(
        "The lease of a long job is not renewed",
        "jobs/keeper.py",
        "                self._renew_all()\n",
        "",
        "tests/jobs/test_runner.py::test_the_lease_is_kept_while_the_handler_runs",
    ),
    Seed(
        "The message of a foreign error is kept",
        "common/faults.py",
        '    return f"{type(error).__name__} in',
        '    return f"{error} in',
        "tests/jobs/test_runner.py::test_of_a_foreign_error_only_the_place_is_kept",
    ),
    Seed(
        "A secret is logged",
        "api/authentication.py",
        '        with _refusals_recorded(pair["api_user"]):\n',
        '        __import__("logging").getLogger("api").debug("%s", parameters)\n'
        '        with _refusals_recorded(pair["api_user"]):\n',
        "tests/api/test_bad_requests.py::test_secrets_are_not_logged",
    ),
    Seed(
        "Sightengine's clients get another code",
        "api/sightengine/errors.py",
        'ItemNotFound: SightengineErrorRow(404, "argument_error", 17)',
        'ItemNotFound: SightengineErrorRow(404, "argument_error", 14)',
        "tests/api/test_sightengine_reference.py"
        "::test_every_error_of_the_table_is_on_the_page_and_no_other",
    ),
    Seed(
        "Spaces around Ximilar's ids are lost",
        "api/ximilar/records.py",
        "return str(value) if is_usable",
        "return str(value).strip() if is_usable",
        "tests/api/test_own_ids.py::test_spaces_around_an_own_id_are_kept",
    ),
    Seed(
        "A failed search of Alegre's counts as done",
        "api/alegre/tasks.py",
        "    except _PASSING:\n        raise\n",
        "    except _PASSING:\n        return\n",
        "tests/api/test_alegre_later.py::test_a_picture_that_is_not_there_yet_is_tried_again",
    ),
    Seed(
        "Private addresses are fetched from",
        "intake/addresses.py",
        "not address.is_among(allow_hosts) and not all(map(is_public, ips))",
        "address.is_among(allow_hosts) and not all(map(is_public, ips))",
        "tests/intake/test_addresses.py::test_hostile_addresses_are_refused_without_a_connection",
    ),
    Seed(
        "Certificates are not checked",
        "intake/exchange.py",
        "ssl_context=ssl.create_default_context()",
        "ssl_context=ssl._create_unverified_context()",
        "tests/intake/test_fetch.py::test_a_certificate_that_nobody_vouches_for_is_refused",
    ),
    Seed(
        "Base64 text may be of any size",
        "intake/sources.py",
        "if len(characters) * 3 // 4 > max_bytes:",
        "if len(characters) // 4 > max_bytes:",
        "tests/intake/test_sources.py::test_the_cap_holds_for_the_decoded_bytes",
    ),
    Seed(
        "A body that was cut short is taken",
        "dedup_project/bodies.py",
        'if message["type"] == "http.disconnect":',
        'if message["type"] == "never":',
        "tests/dedup_project/test_edge.py::test_a_body_that_is_cut_short_reaches_nobody",
    ),
    Seed(
        "Frames after the first are not kept",
        "intake/examine.py",
        "return (self._first, *(view for view in self.further_views if not view.is_trimmed))",
        "return (self._first,)",
        "tests/review/test_animations.py"
        "::test_an_animated_item_is_found_by_a_copy_of_a_middle_frame",
    ),
    Seed(
        "A picture may have any number of pixels",
        "matching/opening.py",
        "if pixels > limits.max_pixels:",
        "if pixels > 10 * limits.max_pixels:",
        "tests/matching/test_decode.py"
        "::test_a_header_that_claims_too_many_pixels_is_refused_unread",
    ),
    Seed(
        "The EXIF orientation is ignored",
        "matching/decode.py",
        'exif_orientation(exif or b"")',
        "1",
        "tests/matching/test_decode.py::test_pictures_come_out_upright",
    ),
    Seed(
        "A picture that breaks off is taken for the whole one",
        "intake/examine.py",
        'f"truncated {mode}" if pixels.is_truncated',
        "mode if pixels.is_truncated",
        "tests/intake/test_examine.py"
        "::test_a_picture_that_breaks_off_never_has_the_hash_of_the_whole_one",
    ),
    Seed(
        "A profile is inflated without a bound",
        "matching/pngs.py",
        "inflater.decompress(rest[1:], MAX_PROFILE_BYTES)",
        "inflater.decompress(rest[1:])",
        "tests/matching/test_side_data.py::test_what_side_data_inflates_to_is_bounded",
    ),
    Seed(
        "Mirrored pictures are turned wrongly",
        "matching/orient.py",
        "array[:, ::-1] if orientation.is_mirrored",
        "array[::-1] if orientation.is_mirrored",
        "tests/matching/test_decode.py::test_pictures_come_out_upright",
    ),
    Seed(
        "Mirrored copies are looked for flipped",
        "matching/hashers/pdq.py",
        "            self._from_coefficients(*mirrored),\n",
        "            self._from_coefficients(*flipped),\n",
        "tests/matching/test_hashers.py::test_turned_pixels_have_the_fingerprint_of_that_variant",
    ),
    Seed(
        "The middle of the score has moved",
        "matching/calibrate.py",
        "_MIDDLE_BITS = 70",
        "_MIDDLE_BITS = 71",
        "tests/matching/test_calibrate.py::test_the_middle_itself_is_no_duplicate",
    ),
    Seed(
        "A duplicate begins at another score",
        "matching/calibrate.py",
        "DUPLICATE_SCORE = 0.5",
        "DUPLICATE_SCORE = 0.55",
        "tests/matching/test_calibrate.py::test_the_middle_itself_is_no_duplicate",
    ),
    Seed(
        "Writing on a copy makes it other content",
        "matching/closer.py",
        'less, more = sorted((signals["ink_erased"], signals["ink_added"]))',
        'more, less = sorted((signals["ink_erased"], signals["ink_added"]))',
        "tests/matching/test_closer_look.py::test_writing_on_a_copy_only_adds_to_it",
    ),
    Seed(
        "What is left of the error of an alignment stays",
        "matching/verify/detail.py",
        "    for _ in range(2):\n        found = _correction(frame)\n",
        "    for _ in range(0):\n        found = _correction(frame)\n",
        "tests/matching/test_closer_look.py::test_places_that_are_a_few_px_off_are_found",
    ),
    Seed(
        "What covers a part of a picture counts as another colour",
        "matching/verify/tint.py",
        "deviates = is_colour & (off >= _MOST_OF_COLOUR * counts)",
        "deviates = is_colour & (off > 0)",
        "tests/matching/test_closer_look.py::test_what_covers_a_part_takes_some_of_each_colour",
    ),
    Seed(
        "What nobody looked at stays a duplicate",
        "lists/closer_look.py",
        "        if others >= _MAX_OTHERS:\n",
        "        if False and others >= _MAX_OTHERS:\n",
        "tests/review/test_closer_look.py"
        "::test_once_some_are_others_the_rest_is_suggested_and_not_looked_at",
    ),
    Seed(
        "A change of a text list leaves its version as it is",
        "text_lists/services.py",
        'row.update(version=F("version") + 1, changed_at=now)',
        "row.update(changed_at=now)",
        "tests/text_lists/test_entry_lists.py::test_every_change_is_seen_and_raises_the_version",
    ),
    Seed(
        "A text list of somebody else is found",
        "text_lists/selectors.py",
        "TextList.objects.filter(organisation_id=actor.organisation_id)",
        "TextList.objects.all()",
        "tests/text_lists/test_entry_lists.py::test_a_list_out_of_reach_is_one_that_never_existed",
    ),
    Seed(
        "A spreadsheet runs an exported text",
        "common/spreadsheets.py",
        """return f"'{cell}" if _would_run(cell) else cell""",
        "return cell",
        "tests/text_lists/test_tables.py::test_what_is_exported_is_imported_to_the_same",
    ),
)
