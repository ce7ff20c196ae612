# Goods in and out as CSV
admin-goods-files = Import and export
admin-goods-in = Import
admin-goods-file = CSV file
admin-goods-file-hint = A file exported here, or Shopify’s product CSV with the old or the new header; up to 8 MB, UTF-8. With pictures: a zip of the CSV and the pictures it names, up to 48 MB. It is checked first and not written yet.
admin-goods-look = Check the file
admin-goods-dry-title = What is in it (nothing written yet)
admin-goods-done-title = Imported
admin-goods-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
}
admin-goods-created = New products
admin-goods-changed = Changed
admin-goods-same = Unchanged
admin-goods-write = { $count ->
    [one] Import { $count } product
   *[other] Import { $count } products
}
admin-goods-left-out = { $count ->
    [one] { $count } row is left out; see below why.
   *[other] { $count } rows are left out; see below why.
}
admin-goods-all-good = Every row can be imported.
admin-goods-remarks = What to look at
admin-goods-line = Line
admin-goods-column = Column
admin-goods-cell = Cell
admin-goods-more-remarks = { $count } more are not shown.
admin-goods-out = Export all products
admin-goods-out-own = This shop’s format
admin-goods-out-own-hint = All languages, prices, cost, stock of each place, collections, pictures by their addresses and bundle parts. Edit it and import it again, here or in another shop.
admin-goods-out-shopify = Shopify product CSV
admin-goods-out-shopify-older = Shopify product CSV (older header)
admin-goods-out-shopify-hint = What Shopify has no column for, such as other languages and bundle parts, stays behind.
admin-goods-choose-again = This file is too large to be kept here. Choose it once more to import it
admin-goods-pictures-later = { $count ->
    [one] { $count } picture will be fetched from its address after the import.
   *[other] { $count } pictures will be fetched from their addresses after the import.
}
admin-goods-pictures-coming = { $count ->
    [one] { $count } picture is being fetched.
   *[other] { $count } pictures are being fetched.
}
admin-goods-pictures-follow = See how far they are
picture-import-recent = Pictures fetched lately
picture-import-coming = { $count ->
    [one] { $count } still to come
   *[other] { $count } still to come
}
picture-import-over = { $done } fetched, { $failed } not
picture-import-title = Pictures from addresses
picture-import-busy = Being fetched
picture-import-ended = Ended
picture-import-progress = { $done } of { $all }
picture-import-waiting = Still to come
picture-import-done = Fetched
picture-import-failed = Not fetched
picture-import-given-up = What could not be fetched
picture-import-address = Address
picture-import-again = Put the address right in the file and import it again: what is there already stays as it is. Or upload the picture on the product’s page.
goods-row-out = Row left out
goods-cell-out = Cell left out
csv-no-home = This column has no home here and was not imported.
csv-required = This cell is needed.
csv-state = It must be draft, published or archived; for a variant, active or archived.
csv-picture-file = No picture of this name came with the file. Send both in one zip, or write its https address.
csv-picture-unknown = This shop does not have this picture.
csv-picture-variant = The product has no such SKU; the picture shows the product.
csv-currency = This currency isn’t known.
csv-amount = This isn’t an amount. Write digits only, such as 580 or 12.50.
csv-number = A whole number belongs here.
csv-size = Length, width and height go together.
csv-parts = Write bundle parts as UNITSxSKU, with | between them.
csv-sku-made = The file has no SKU, so one was made from the product’s address.
csv-handle-changed = Addresses have lower-case letters, digits and hyphens only; this one was rewritten.
csv-collection-unknown = There is no such collection, so it was left out.
csv-attribute-unknown = No collection asks for this attribute, so it was left out.
csv-attribute-unfit = This does not fit the attribute (a number, one of its choices, or yes or no), so it stays as it was.
error-csv-not-text = This file isn’t UTF-8 text. Save it as “CSV UTF-8” in your spreadsheet.
error-csv-empty = This file is empty.
error-csv-missing-column = The column “{ $column }” is missing.
error-csv-too-long = The file has more than 50,000 rows. Please split it.
error-csv-too-large = The CSV file may have 8 MB at most. Please split it.
error-csv-zip-broken = This zip cannot be opened. Please make it anew.
error-csv-zip-entries = A zip may hold 2,000 files at most. Please split it.
error-csv-zip-table = A zip needs exactly one CSV file beside the pictures.
error-fetch-address = Only addresses that begin with https:// are fetched.
error-fetch-not-public = This address does not lead to the open internet.
error-fetch-status = There is no picture at this address, or not for everybody.
error-fetch-redirects = This address leads on and on to others.
error-fetch-silent = There was no answer, tried several times.
