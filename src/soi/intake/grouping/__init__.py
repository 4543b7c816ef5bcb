"""Put tips under claims: one item of the queue for each claim, however many messages say it.

A tip's statements are cut out and compared, by the same engine and the same judge as answers are,
with everything that stands under a claim and with the published checks. What surely says the same
is put there; what may say the same opens a claim with a suggestion, and a person decides; anything
else that may be a statement of fact opens a claim of its own. The unit is the form of wording: what
a person decides of it holds for every tip that holds the same words, also for those to come.

The worker does it, never a request: a tip is acknowledged as fast as it is stored.
"""
