# Why delivery refused, in words for people.
error-parcel-carrier = 找不到该快递公司。
error-parcel-tracking-missing = 请填写快递单号。
error-parcel-tracking-invalid = 快递单号只能包含字母、数字和连字符。
error-parcel-tracking-taken = 该快递单号已登记在另一个包裹上。
error-parcel-empty = 包裹里至少要有一件商品。
error-parcel-unknown = 找不到该包裹。
error-delivery-code-taken = 该配送方式代码已被使用。
error-delivery-unknown = 找不到该配送方式。
error-delivery-invalid = 配送方式设置有误，请检查名称、运费和天数。
error-calendar-invalid = 营业日历设置有误：请至少选择一个发货日，揽收时间不能早于截单时间。
