# Blocks of pages, and what shoppers say they missed.

layout-pages = About and policies
checkout-policies = Before you order:
block-offers = On offer now
block-hot = Often bought
block-new = Just in
block-since = On sale since { $date }
block-until = On sale until { $date }
block-previous = Previous
block-next = Next
block-pause = Pause
block-proof = What others choose
block-sold = { $count } sold in our latest orders.
block-elsewhere = Not for you? Have a look at these
objection-question = What was missing here? Tell us and we will work on it.
objection-more = More about it, if you like
objection-send = Tell us
objection-thanks = Thank you. We have read it.
objection-reason-price = It costs too much
objection-reason-choice = Not the kind I am looking for
objection-reason-information = I could not find out enough
objection-reason-delivery = Delivery cost or time
objection-reason-trust = New here, not sure yet
objection-reason-looking = Only looking
objection-reason-other = Something else
preview-label = Preview
preview-note = This is a preview of a draft; shoppers do not see it yet. The link works for an hour.
