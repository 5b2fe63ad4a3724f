"""One class per mail, which says everything about it but its wording: `activities/templates/<kind>.jinja`.

Props carry ids, dates and the words people wrote; never names or addresses, so that a mail that waits for
its server speaks of people as they are called on the day it leaves, and an erased person is gone from it.
`kind` is also the value of the header `X-Steadfast-Mail`. How to add one: docs/architecture.md.
"""
