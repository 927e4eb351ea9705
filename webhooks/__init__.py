"""Events of an organisation, and the webhooks that are told of them.

Whoever writes something that others want to know records an event in the same transaction
(`webhooks.recording`). Once that is committed the event gets its position in the organisation's
feed, and a delivery for each webhook that wants it (`webhooks.publishing`); the background posts
what waits (`webhooks.sending`). See docs/reference/events.md.
"""
