# 后台里的操作手册
help-title = 操作手册
help-here = 本页帮助
help-search = 在手册中查找
help-search-hint = 例如：退款、缺货、备份
help-found = “{ $q }”出现在 { $count } 处
help-none = 手册里没有“{ $q }”。换个说法试试，或者从下面的目录里找。
help-contents = 目录
help-on-page = 本页内容
help-earlier = 上一章：{ $title }
help-later = 下一章：{ $title }
help-other-language = 手册目前只有繁体中文版和英文版，这里显示的是繁体中文版。

## 后台任务做的事
job-kind-orders-expire = 关闭逾期未付款的订单
job-kind-orders-close = 完成已过退货期的订单
job-kind-payments-charge = 刷卡扣款
job-kind-payments-query = 查询付款结果
job-kind-payments-close = 关闭不再使用的付款页
job-kind-payments-refund = 退款
job-kind-payments-return = 退回多收的款项
job-kind-payments-event = 处理支付公司的通知
job-kind-payments-sweep = 追问没有结果的付款
job-kind-payments-reconcile = 与支付公司对账
job-kind-engagement-send = 给顾客发邮件
job-kind-catalog-stock = 更新有货与缺货
job-kind-catalog-collections = 更新自动收录的分类
job-kind-catalog-plans = 按时间上架和下架
job-kind-catalog-bulk_edit = 批量修改商品
job-kind-pictures-sizes = 制作各种尺寸的图片
job-kind-shop-check = 检查账目
job-kind-shop-forget = 清理过期的请求记录
job-kind-audit-verify = 检查审计日志
