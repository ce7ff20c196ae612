# Goods in and out as CSV
admin-goods-files = Import and export
admin-goods-in = Import
admin-goods-file = CSV file
admin-goods-file-hint = A file exported here, or Shopify’s product CSV with the old or the new header. Up to 8 MB, UTF-8. It is checked first and not written yet.
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
admin-goods-out-own-hint = All languages, prices, cost, stock of each place, collections, pictures and bundle parts. Edit it and import it again.
admin-goods-out-shopify = Shopify product CSV
admin-goods-out-shopify-older = Shopify product CSV (older header)
admin-goods-out-shopify-hint = What Shopify has no column for, such as other languages and bundle parts, stays behind.
goods-row-out = Row left out
goods-cell-out = Cell left out
csv-no-home = This column has no home here and was not imported.
csv-required = This cell is needed.
csv-state = It must be draft, published or archived; for a variant, active or archived.
csv-picture = Write pictures as FILE@WIDTHxHEIGHT, with | between them.
csv-picture-url = Only the address was noted. Upload the picture on the product’s page.
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
