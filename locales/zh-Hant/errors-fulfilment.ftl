# Why delivery refused, in words for people.
error-parcel-carrier = 找不到這家物流業者。
error-parcel-tracking-missing = 請輸入物流單號。
error-parcel-tracking-invalid = 物流單號只能有英文字母、數字和連字號。
error-parcel-tracking-taken = 這個物流單號已經登記在另一個包裹上。
error-parcel-empty = 包裹裡至少要有一件商品。
error-parcel-unknown = 找不到這個包裹。
error-delivery-code-taken = 這個配送方式代碼已經有人使用。
error-delivery-unknown = 找不到這個配送方式。
error-delivery-invalid = 配送方式的設定有誤，請檢查名稱、運費和天數。
error-calendar-invalid = 營業日曆的設定有誤：請至少選一個出貨日，收件時間不能早於截單時間。
