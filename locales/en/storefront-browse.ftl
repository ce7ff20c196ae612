# How shoppers find and decide: filters, what they saw, when somebody answers.

## Filters of a list
filter-title = Filter
filter-close = Back to the products
filter-in-stock = In stock only
filter-on-sale = Reduced only
filter-price = Price
filter-price-from = Lowest price
filter-price-to = Highest price
filter-between = { $from } – { $to }
filter-from = From { $price }
filter-to = Up to { $price }
filter-show = { $count ->
    [one] Show { $count } product
   *[other] Show { $count } products
}
filter-chosen = Chosen
filter-remove = Take away:
filter-clear = Clear all
filter-empty = Nothing fits all of this at once.
filter-empty-without = Without
sort-match = Best match

## What was looked at lately
recent-title = Recently viewed
recent-text = Only this browser is shown these.
recent-clear = Clear this list
recent-empty = You have not looked at anything yet.
recent-empty-hint = Looked, but nothing here? This browser may not allow it to be kept:
flash-recently-cleared = The list was cleared.

## Whether somebody answers
answering-open = Someone is here now, until { $time }
answering-today = We are back today at { $time }
answering-tomorrow = We are back tomorrow at { $time }
answering-later = We are back { $date } at { $time }
answering-closed = Nobody is here at the moment
answering-write = Write to us now; we answer then.

## Delivery, by where it goes
delivery-elsewhere-title = Delivery to other places
delivery-anywhere = Everywhere else
delivery-rate = from { $amount }
