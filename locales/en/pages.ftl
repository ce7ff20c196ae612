# The pages of text that every shop has until its merchant writes others. A line that begins with `##` is a heading, one that
# begins with `-` an entry of a list, and an empty line ends a paragraph. What is in braces is the shop's own decision.

page-shipping-and-returns-title = Shipping and returns
page-shipping-and-returns-summary = When we ship, how you can pay, and what to do if it is not right.
page-shipping-and-returns-body =
    ## When we ship
    Orders paid before { $cutoff } on a working day leave the same day, later ones on the next working day. The expected day of arrival is shown on the product page, in the cart and at checkout.

    ## What shipping costs
    - Shipping starts at { $rate }. The exact amount is shown before you order.
    { $free ->
        [none] - What it costs depends on the way of delivery you choose.
       *[other] - Shipping can be free for goods of { $free } or more.
    }

    ## Paying
    - Card: you pay after ordering, on the next page. If the card is declined, your order and the goods are kept and you can pay another way.
    - Bank transfer: please transfer within { $payment_days } days; after that the order is cancelled.
    - Cash on delivery: pay when the parcel arrives, where the way of delivery allows it.

    ## Returns and exchanges
    You can return goods within { $return_days } days of receiving them. Please send them back complete, with accessories and packaging. Once we have checked them, the money goes back the way it came.

    Something faulty, or not what you ordered? Tell us, and we pay the shipping both ways.
page-privacy-title = Privacy
page-privacy-summary = What we keep, what we use it for, and for how long.
page-privacy-body =
    ## What we keep
    When you order, the name, telephone number, e-mail address and postal address you give us, to ship your order, to reach you and to send you messages about it. We neither see nor keep your card number.

    ## Cookies
    - Your cart, so that it is still there next time.
    - Your language.
    - A random number for your browser, so that we know how many people visit and where they come from. It contains neither your name nor your contact, and no advertiser gets it.

    ## Who else gets it
    Only those who are needed for your order: the carrier gets the delivery details, the payment provider the payment.

    ## Your rights
    Write to us if you want to see, correct or delete your data. Records that the law requires us to keep are kept for that time.
page-about-title = About us
page-about-summary = { $shop }
page-about-body =
    Welcome to { $shop }.

    If you would like to know more about us or our goods, write to us. We answer during opening hours.
