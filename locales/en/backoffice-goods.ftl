# Goods in the back office: the data sheet of a product.
product-problem-no_attribute = the required fields of its data sheet
admin-sheet = Data sheet
admin-sheet-brand = Brand
admin-sheet-model = Model
admin-sheet-tags = Tags
admin-sheet-tags-hint = Separate with commas, such as: spring harvest, gift
admin-sheet-none = The collections of this product don’t ask for any attributes yet.
admin-sheet-required = required
admin-sheet-filterable = shoppers can filter
admin-sheet-unset = not given
admin-sheet-yes = Yes
admin-sheet-no = No
admin-sheet-unit = { $name } ({ $unit })

## Collections
admin-flash-collection-restored = Restored.
admin-collections = Collections
admin-collections-new = New collection
admin-collections-none = No collections yet. They are the shop’s navigation: shoppers find things by them.
admin-collection = Collection
admin-collection-kind = Filled
admin-collection-by-hand = by hand
admin-collection-by-rules = by rules
admin-collection-products = On sale
admin-collection-attributes = Attributes
admin-collection-order = Order
admin-collection-view = View in shop
admin-collection-archive = Archive
admin-collection-restore = Restore
admin-collection-archived-note = This collection and those below it are archived: shoppers don’t see them. Their products are not affected.
admin-collection-words = Name and description
admin-collection-description = Description
admin-collection-place = Place
admin-collection-parent = Parent collection
admin-collection-top = First level
admin-collection-has-children = It has sub-collections, so it stays on the first level.
admin-collection-image = Picture
admin-collection-image-none = No picture yet.
admin-collection-image-new = Choose a picture
admin-collection-create = Create collection
admin-collection-preview = Preview members
admin-collection-preview-hint = Previewing saves nothing.
admin-collection-sheet = Attributes
admin-collection-sheet-note = What products of this collection say about themselves. Each product is filled in on its own page; shoppers see it there.
admin-collection-sheet-add = Add an attribute
admin-collection-sheet-required = Required to publish
admin-collection-sheet-remove = Clear its name and code and save to remove it.
admin-move-up = Move up: { $name }
admin-move-down = Move down: { $name }
admin-rules = Rules
admin-rules-how = How products get in
admin-rules-none = Chosen by hand
admin-rules-all = When all conditions hold
admin-rules-any = When any condition holds
admin-rules-conditions = Conditions
admin-rules-condition = Condition { $number }
admin-rules-value = Value of condition { $number }
admin-rules-value-hint = Value, amount or days
admin-rules-note = Products are checked whenever they change; conditions on stock and age are checked every few minutes.
admin-rules-found = { $count ->
    [one] One product would be in it
   *[other] { $count } products would be in it
}
admin-rule-tag = Tag is
admin-rule-brand = Brand is
admin-rule-price_from = Price at least
admin-rule-price_to = Price at most
admin-rule-in_stock = In stock
admin-rule-published_within = Published within days
admin-rule-attributes = Attributes
admin-members = Products
admin-members-add-label = Product address or SKU
admin-members-place = Place
admin-members-place-of = Place of { $name }
admin-members-move = Move
admin-members-remove = Take out: { $name }
admin-members-none = No products yet. Add one by its address or SKU, or choose the collection on a product’s page.
admin-members-none-by-rules = No product fits the rules at present.
attribute-kind = Kind
attribute-kind-text = Text
attribute-kind-number = Number
attribute-kind-choice = Choice from a list
attribute-kind-yes_no = Yes or no
attribute-code = Code
attribute-code-hint = Lower-case letters, such as capacity
attribute-unit = Unit (numbers only)
attribute-choices = Choices (lists only)
attribute-choices-hint = One a line, the three languages separated by slashes, such as: 輕焙 / 轻焙 / Light roast
error-no-such-product = There is no product with this address or SKU.

## Frequent questions, after-sales terms, the description's editor
admin-faq = Frequent questions
admin-faq-note = Answer on the product’s page what customers ask most: four in five questions come again and again.
admin-faq-add = Add a question
admin-faq-question = Question
admin-faq-answer = Answer
admin-faq-remove = Clear the question and its answer and save to remove it.
after-sales = After-sales terms
after-sales-defaults = The shop’s after-sales terms
after-sales-defaults-note = These hold for every product that says nothing else. Leave a field empty to promise nothing; without return days the shop’s return window holds.
after-sales-note = Fill in only what differs from the shop’s terms, which are shown in grey. 0 means not offered.
after-sales-default = Shop: { $value }
after-sales-as-shop = As the shop
after-sales-unsaid = Not stated
after-sales-return_days = Return within days
after-sales-exchange_days = Exchange within days
after-sales-warranty_months = Free repair, months
after-sales-return_cost = Who pays for returns
after-sales-return_conditions = Conditions for returns
after-sales-contact = Contact
return-cost-shop = The shop
return-cost-customer = The customer
return-cost-depends = The shop for faults, the customer otherwise
rich-words = Bold|Heading|Subheading|List|Numbered list|Link|Address of the link|Picture|Address of a picture of the shop (begins with /media/)|Table|HTML|Use the outline
description-outline-note = No description yet.
description-outline-use = Start from the outline
description-outline =
    <h2>What it does for you</h2>
    <p>Two or three benefits in plain words.</p>
    <h2>How to use it</h2>
    <ol><li>First step</li><li>Second step</li><li>Third step</li></ol>
    <h2>Care and after-sales</h2>
    <p>How to store and clean it, and whom to ask.</p>
admin-sections = Sections of this page
admin-go-to-form = Go to what needs changing

## When a product is sold, and how it is taxed
admin-terms = Schedule and tax
admin-plan-publish_at = Goes on sale
admin-plan-unpublish_at = Goes off sale
admin-plan-note = Times are in { $zone }; leave empty to decide by hand.
admin-plan-failed = It could not go on sale at its time:
admin-plan-on = on sale { $time }
admin-plan-off = off sale { $time }
admin-tax-class = Tax class
admin-tax-standard = Standard
admin-tax-choice = { $name } ({ $percent }%)
admin-tax-classes = Tax classes
admin-tax-classes-note = Prices contain their tax. The standard rate is { $percent }%; these are the other classes. Orders that were placed keep their figures. Clear code and name and save to remove a class.
admin-tax-percent = Rate (%)
admin-tax-row = Tax class { $number }
error-tax-class-code = A code may hold only lower-case letters, digits and underscores, each once, and not “standard”.
error-tax-rate = Please enter a percentage from 0 to below 100, such as 5 or 2.5.
