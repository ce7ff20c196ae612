# Bundles
bundle-inside = What’s inside
bundle-inside-of = What’s inside { $title }
bundle-apart = { $price } bought separately
bundle-saving = You save { $amount }
bundle-line = { $count } × { $title }
cart-problem-shared = What is left of this is already in your cart with other items. Reduce those, or remove this.
