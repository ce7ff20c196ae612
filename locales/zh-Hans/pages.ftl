# The pages of text that every shop has until its merchant writes others. A line that begins with `##` is a heading, one that
# begins with `-` an entry of a list, and an empty line ends a paragraph. What is in braces is the shop's own decision.

page-shipping-and-returns-title = 配送与退换货
page-shipping-and-returns-summary = 什么时候发货、怎么付款、不满意怎么退。
page-shipping-and-returns-body =
    ## 发货
    工作日 { $cutoff } 前付款，当天发货；之后付款，下一个工作日发货。预计送达日期会在商品页、购物车和结算页写清楚。

    ## 运费
    - 运费 { $rate } 起，实际金额在提交订单之前就会列出。
    { $free ->
        [none] - 每笔订单的运费按配送方式计算。
       *[other] - 单笔商品满 { $free }，可以免运费。
    }

    ## 付款
    - 银行卡：提交订单后，下一步才付款。刷卡没有成功，订单和商品仍为您保留，可以换个方式再付。
    - 银行转账：请在 { $payment_days } 天内转账，逾期订单会自动取消。
    - 货到付款：收到商品时付现金；能否使用，取决于您选的配送方式。

    ## 退货与换货
    收到商品后 { $return_days } 天内，不满意可以退货。请保持商品完好，连同配件和包装一起寄回。我们收到并检查后，款项按原付款方式退回。

    商品有瑕疵，或者寄错了？请直接联系我们，来回运费由我们承担。
page-privacy-title = 隐私说明
page-privacy-summary = 我们留下哪些信息、用在哪里、保存多久。
page-privacy-body =
    ## 留下哪些信息
    下单时，您填写的姓名、电话、邮箱和地址，用于发货、联系和发送订单通知。我们看不到也不会保存您的卡号。

    ## Cookie
    - 购物车：记住您挑了什么。
    - 语言：记住您看哪一种语言。
    - 访问编号：一个随机号码，让我们知道网站有多少人来、从哪里来。里面没有您的姓名或联系方式，也不会交给广告商。

    ## 交给谁
    只交给完成订单需要的人：物流公司得到收件信息，支付公司得到付款信息。

    ## 您的权利
    想查看、更正或删除您的信息，请联系我们。依法必须保存的账务资料，会保存到法定期限为止。
page-about-title = 关于我们
page-about-summary = { $shop }
page-about-body =
    欢迎来到{ $shop }。

    想多了解我们或商品，欢迎给我们留言，我们会在营业时间内回复。
