# Why delivery refused, in words for people.
error-parcel-carrier = There is no such carrier.
error-parcel-tracking-missing = Please enter the tracking number.
error-parcel-tracking-invalid = A tracking number has only letters, digits and hyphens.
error-parcel-tracking-taken = Another parcel has this tracking number.
error-parcel-empty = A parcel needs at least one item.
error-parcel-unknown = There is no such parcel.
error-delivery-code-taken = Another way to deliver has this code.
error-delivery-unknown = There is no such way to deliver.
error-delivery-invalid = Something is wrong with this way to deliver; please check name, rate and days.
error-calendar-invalid = The shop's calendar does not work: choose at least one day, and a collection time after the cut-off.
