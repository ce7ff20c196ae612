# Bulk edit
admin-bulk-title = Bulk edit
admin-bulk-lead = See what each row becomes before you apply it. The whole edit can be undone.
admin-bulk-selected = { $count ->
    [one] { $count } product selected
   *[other] { $count } products selected
}
admin-bulk-none-selected = No products selected
admin-bulk-empty = Go back to the list and tick some products, or choose everything that matches.
admin-bulk-choose-others = Choose others
admin-bulk-what = What to change
admin-bulk-next = Next
admin-bulk-percent = Per cent
admin-bulk-amount = Amount
admin-bulk-collection = Collection
admin-bulk-level = Low-stock alert
admin-bulk-level-hint = Alert when this many are left to sell. Leave empty for no alert.
admin-bulk-round = Round
admin-bulk-was = Was-price
admin-bulk-was-hint = A was-price must have been charged for at least a day before the reduction. The preview lists the rows where it was not.
admin-bulk-preview = Preview
admin-bulk-preview-title = What would change
admin-bulk-counts = { $changes } change · { $same } stay · { $refused } refused
admin-bulk-more-rows = The first { $count } rows are shown, those that need a look first.
admin-bulk-apply = { $count ->
    [one] Apply to { $count } row
   *[other] Apply to { $count } rows
}
admin-bulk-can-be-undone = It can be undone as a whole afterwards.
admin-bulk-before = Now
admin-bulk-after = Becomes
admin-bulk-no-was = no was-price
admin-bulk-no-collection = in no collection
admin-bulk-no-level = no alert
admin-bulk-no-stock = no stock kept
admin-bulk-recent = Latest bulk edits
admin-bulk-no-recent = No bulk edits yet.
admin-bulk-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
admin-bulk-progress = Working: { $done } of { $all }
admin-bulk-undo = Undo everything
admin-bulk-undo-note = This edit can be undone. Rows that were changed since are left as they are and listed.
admin-bulk-open = Bulk edit
admin-bulk-open-all = All { $count } that match
admin-bulk-pick = Select { $name }
admin-bulk-pick-column = Select
bulk-what-percent_down = Reduce prices by a percentage
bulk-what-percent_up = Raise prices by a percentage
bulk-what-price_down = Reduce prices by an amount
bulk-what-price_up = Raise prices by an amount
bulk-what-price_to = Set one price for all
bulk-what-was_mark = Show a was-price (the highest really charged)
bulk-what-was_drop = Remove the was-price
bulk-what-publish = Publish
bulk-what-unpublish = Unpublish
bulk-what-archive = Archive
bulk-what-restore = Restore to draft
bulk-what-collection_add = Add to a collection
bulk-what-collection_remove = Remove from a collection
bulk-what-tag_add = Add a tag
bulk-what-tag_remove = Remove a tag
bulk-what-alert = Low-stock alert
bulk-round-unit = To the smallest coin
bulk-round-five = To 5
bulk-round-ten = To 10
bulk-round-nine = Ending in 9
bulk-round-hundred = To 100
bulk-was-keep = Keep where still true
bulk-was-mark = Show the price before the reduction
bulk-was-drop = Remove
bulk-kind-price = Prices
bulk-kind-was = Was-prices
bulk-kind-state = Published state
bulk-kind-collection = Collections
bulk-kind-alert = Low-stock alerts
bulk-state-applying = Applying
bulk-state-applied = Applied
bulk-state-undoing = Undoing
bulk-state-undone = Undone
bulk-row-changes = Changes
bulk-row-same = Stays
bulk-row-refused = Refused
bulk-row-waiting = Waiting
bulk-row-done = Changed
bulk-row-changed = Changed since the preview
bulk-row-undone = Undone
bulk-row-kept = Not undone
bulk-changed-since = Somebody changed it meanwhile, so it was left alone.
error-bulk-nothing = Nothing would change.
admin-bulk-tag = Tag
admin-bulk-no-tag = no tags
