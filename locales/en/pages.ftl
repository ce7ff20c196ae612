# The program's own words on what every shop has to say. A line that begins with `##` is a heading, one that begins with
# `-` an entry of a list, and an empty line ends a paragraph. What is in braces is the shop's own decision.

page-delivery-title = Delivery
page-delivery-summary = When we ship, what it costs, how long it takes.
page-delivery-body =
    ## When we ship
    Orders paid before { $cutoff } on a working day leave the same day, later ones on the next working day. The expected day of arrival is shown on the product page, in the cart and at checkout.

    ## What shipping costs
    { $rate ->
        [none] - What it costs is worked out at checkout from the way of delivery you choose.
       *[other] - Shipping starts at { $rate }. The exact amount is shown before you order.
    }
    { $free ->
        [none] - What it costs depends on the way of delivery you choose.
       *[other] - Shipping can be free for goods of { $free } or more.
    }

    ## Where it is
    We write to you when your parcel leaves, with its tracking number. You can also look at any time under “Find my order” with your order number.
page-returns-title = Returns and exchanges
page-returns-summary = How to send something back, who pays for it, how the money returns.
page-returns-body =
    ## Returns and exchanges
    { $return_days ->
        [0] We do not take goods back once they are sold, unless they are faulty or not what you ordered.
       *[other] You can return goods within { $return_days } days of receiving them.
    }

    ## How to return
    - Write to us with your order number and the reason.
    - Send the goods back complete, with accessories and packaging.
    - Once we have checked them, the money goes back the way it came.

    ## Something wrong on arrival
    Something faulty, or not what you ordered? Tell us, and we pay the shipping both ways.
    Please look at the box before you sign for it; you can refuse one that is damaged.
page-payment-title = Payment
page-payment-summary = How you can pay, and when you are charged.
page-payment-body =
    { $card ->
        [yes] {"## Card"}
       *[no] {""}
    }
    { $card ->
        [yes] You pay after ordering, on the next page. The payment company handles your card number; we neither see nor keep it. If the card is declined, your order and the goods are kept and you can pay another way.
       *[no] {""}
    }
    { $transfer ->
        [yes] {"## Bank transfer"}
       *[no] {""}
    }
    { $transfer ->
        [yes] Please transfer within { $payment_days } days; after that the order is cancelled.
       *[no] {""}
    }
    { $cash ->
        [yes] {"## Cash on delivery"}
       *[no] {""}
    }
    { $cash ->
        [yes] Pay when the parcel arrives, where the way of delivery allows it.
       *[no] {""}
    }
page-privacy-title = Privacy
page-privacy-summary = What we keep, what we use it for, and for how long.
page-privacy-body =
    ## What we keep
    When you order, the name, telephone number, email address and postal address you give us, to ship your order, to reach you and to send you messages about it. We neither see nor keep your card number.

    ## Cookies
    - Your cart, so that it is still there next time.
    - Your language.
    - A random number for your browser, so that we know how many people visit and where they come from. It contains neither your name nor your contact, and no advertiser gets it.

    ## Who else gets it
    Only those who are needed for your order: the carrier gets the delivery details, the payment provider the payment.

    ## Your rights
    Write to us if you want to see, correct or delete your data. Records that the law requires us to keep are kept for that time.
page-terms-title = Terms of sale
page-terms-summary = What we agree on when you order here.
page-terms-body =
    ## Your order
    You get a confirmation by email once you have ordered. Prices and stock are those on the page when you order; if something cannot be shipped we tell you soon and give all of the money back.

    ## Prices
    Prices contain tax. A price that is struck through is one at which the goods were really sold.

    ## Cancelling
    You can cancel on the order's page until we begin to pack. You can take the cancellation back for { $undo_minutes } minutes; what you paid goes back to you after that.

    ## Returns
    Returns follow the page “Returns and exchanges”. These terms take nothing away from the rights the law gives you.

    ## Reaching us
    If there is any question about an order, please ask { $shop } first. We do our best to settle it.
page-ordering-title = How to order
page-ordering-summary = New here? Five steps.
page-ordering-body =
    ## Find what you like
    Browse by category at the top, or type a name into the search box. The product page tells the price, what is in stock and the expected day of arrival.
    ## Put it into the cart
    Choose the variant and how many, and press “Add to cart”. The cart remembers what you picked, and you can change it at any time.
    ## Say where it goes
    You need no account. Fill in name, telephone, email and address, choose delivery and payment, and the total is worked out at once.
    ## Confirm and pay
    Order, then pay as the page says. If a payment does not work, your order is kept and you can pay another way.
    ## Wait for the parcel
    We write to you when it leaves, with the tracking number. The link in the email shows how far your order is.
page-questions-title = Frequent questions
page-questions-summary = What people ask most about ordering, delivery, payment and returns.
page-questions-body =
    ## Do I need an account?
    No. Fill in where it goes at checkout. With an account, your addresses and orders are kept there.
    ## When will it arrive?
    Orders paid before { $cutoff } on a working day leave the same day. The expected day of arrival is on the product page and at checkout.
    ## What does shipping cost?
    { $free ->
        [none] It depends on the way of delivery and is shown before you order.
       *[other] Shipping can be free for goods of { $free } or more; otherwise the cost is shown before you order.
    }
    ## Can I change the address or cancel?
    Until we begin to pack. Open the link in the confirmation and change or cancel on the order's page.
    ## Can I return something?
    { $return_days ->
        [0] If it is faulty or not what you ordered, tell us, and we pay the shipping both ways.
       *[other] Within { $return_days } days of receiving it; see “Returns and exchanges”.
    }
    { $card ->
        [yes] {"## My card was declined. What now?"}
       *[no] {""}
    }
    { $card ->
        [yes] Your order and the goods are kept. Open the link in the confirmation to try again or to pay another way.
       *[no] {""}
    }
page-about-title = About us
page-about-summary = { $shop }
page-about-body =
    Welcome to { $shop }.

    If you would like to know more about us or our goods, write to us. We answer during opening hours.
