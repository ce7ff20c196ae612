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
