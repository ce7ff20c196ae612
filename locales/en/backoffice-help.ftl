# The manual inside the back office
help-title = Manual
help-here = Help with this page
help-search = Search the manual
help-search-hint = For example: refund, sold out, backup
help-found = { $count ->
    [one] “{ $q }” stands in one place
   *[other] “{ $q }” stands in { $count } places
}
help-none = The manual does not mention “{ $q }”. Try another word, or look in the contents below.
help-contents = Contents
help-on-page = On this page
help-earlier = Before: { $title }
help-later = Next: { $title }
help-other-language = The manual is written in Traditional Chinese and English.

## What is done in the background
job-kind-orders-expire = Close orders that were not paid in time
job-kind-orders-close = Finish orders whose time to return is over
job-kind-payments-charge = Charge a card
job-kind-payments-query = Ask how a payment went
job-kind-payments-close = Close a page to pay that is not needed
job-kind-payments-refund = Give money back
job-kind-payments-return = Send back what was paid too much
job-kind-payments-event = Read a message of the card company
job-kind-payments-sweep = Ask about payments without an outcome
job-kind-payments-reconcile = Compare the books with the card company's
job-kind-engagement-send = Send a letter
job-kind-catalog-stock = Note what is in stock
job-kind-catalog-collections = Keep collections with rules up to date
job-kind-catalog-plans = Publish and unpublish as planned
job-kind-catalog-bulk_edit = Change many products
job-kind-pictures-sizes = Make a picture's sizes
job-kind-shop-check = Ask whether the books agree
job-kind-shop-forget = Forget old request keys
job-kind-audit-verify = Verify the audit log
