-- A small shop of the mall family: its tables with the columns that matter, and a handful of rows.
SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;

DROP TABLE IF EXISTS `pms_product_category`;
CREATE TABLE `pms_product_category`  (
  `id` bigint NULL DEFAULT NULL,
  `parent_id` bigint NULL DEFAULT NULL,
  `name` varchar(64) NULL DEFAULT NULL,
  `show_status` int NULL DEFAULT NULL,
  `sort` int NULL DEFAULT NULL,
  `description` text NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `pms_product_category` VALUES (1, 0, '茶', 1, 1, '茶叶');
INSERT INTO `pms_product_category` VALUES (2, 1, '绿茶', 1, 0, NULL);
INSERT INTO `pms_product_category` VALUES (3, 1, '花茶', 0, 0, NULL);

DROP TABLE IF EXISTS `pms_product_attribute`;
CREATE TABLE `pms_product_attribute`  (
  `id` bigint NULL DEFAULT NULL,
  `product_attribute_category_id` bigint NULL DEFAULT NULL,
  `name` varchar(64) NULL DEFAULT NULL,
  `type` int NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `pms_product_attribute` VALUES (10, 1, '规格', 0);
INSERT INTO `pms_product_attribute` VALUES (11, 1, '产地', 1);

DROP TABLE IF EXISTS `pms_product_attribute_value`;
CREATE TABLE `pms_product_attribute_value`  (
  `id` bigint NULL DEFAULT NULL,
  `product_id` bigint NULL DEFAULT NULL,
  `product_attribute_id` bigint NULL DEFAULT NULL,
  `value` varchar(64) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `pms_product_attribute_value` VALUES (1, 1, 11, '苏州');
INSERT INTO `pms_product_attribute_value` VALUES (2, 1, 10, '50g');

DROP TABLE IF EXISTS `pms_product`;
CREATE TABLE `pms_product`  (
  `id` bigint NULL DEFAULT NULL,
  `product_category_id` bigint NULL DEFAULT NULL,
  `name` varchar(200) NULL DEFAULT NULL,
  `pic` varchar(255) NULL DEFAULT NULL,
  `product_sn` varchar(64) NULL DEFAULT NULL,
  `delete_status` int NULL DEFAULT NULL,
  `publish_status` int NULL DEFAULT NULL,
  `price` decimal(10,2) NULL DEFAULT NULL,
  `sub_title` varchar(255) NULL DEFAULT NULL,
  `description` text NULL DEFAULT NULL,
  `stock` int NULL DEFAULT NULL,
  `low_stock` int NULL DEFAULT NULL,
  `weight` decimal(10,2) NULL DEFAULT NULL,
  `keywords` varchar(255) NULL DEFAULT NULL,
  `album_pics` varchar(255) NULL DEFAULT NULL,
  `detail_html` text NULL DEFAULT NULL,
  `brand_name` varchar(255) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `pms_product` VALUES (1, 2, '碧螺春', 'http://pictures.example/1.jpg', 'TEA', 0, 1, 30.00, '春天的第一口', 'It\'s a fine tea.', 0, NULL, 80.00, '绿茶,春茶', 'http://pictures.example/1.jpg', '<p>明前采摘</p>', '江南');
INSERT INTO `pms_product` VALUES (2, 1, '盖碗', NULL, 'CUP', 0, 1, 12.00, NULL, NULL, 7, 0, 300.00, NULL, NULL, NULL, NULL);
INSERT INTO `pms_product` VALUES (3, 1, '旧盖碗', NULL, 'CUP', 1, 1, 1.00, NULL, NULL, 0, 0, 300.00, NULL, NULL, NULL, NULL);

DROP TABLE IF EXISTS `pms_sku_stock`;
CREATE TABLE `pms_sku_stock`  (
  `id` bigint NULL DEFAULT NULL,
  `product_id` bigint NULL DEFAULT NULL,
  `sku_code` varchar(64) NULL DEFAULT NULL,
  `price` decimal(10,2) NULL DEFAULT NULL,
  `stock` int NULL DEFAULT NULL,
  `low_stock` int NULL DEFAULT NULL,
  `lock_stock` int NULL DEFAULT NULL,
  `sp_data` varchar(500) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `pms_sku_stock` VALUES (1, 1, 'TEA-50', 30.00, 10, 2, 0, '[{\"key\":\"规格\",\"value\":\"50g\"}]');
INSERT INTO `pms_sku_stock` VALUES (2, 1, 'TEA-100', 60.00, 5, NULL, 0, '[{\"key\":\"规格\",\"value\":\"100g\"}]');

DROP TABLE IF EXISTS `ums_member`;
CREATE TABLE `ums_member`  (
  `id` bigint NULL DEFAULT NULL,
  `username` varchar(64) NULL DEFAULT NULL,
  `password` varchar(64) NULL DEFAULT NULL,
  `nickname` varchar(64) NULL DEFAULT NULL,
  `phone` varchar(64) NULL DEFAULT NULL,
  `create_time` datetime NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `ums_member` VALUES (1, 'member1', '$2a$10$none', '茶客', '13800000000', '2024-01-02 03:04:05');

DROP TABLE IF EXISTS `oms_order`;
CREATE TABLE `oms_order`  (
  `id` bigint NULL DEFAULT NULL,
  `member_id` bigint NULL DEFAULT NULL,
  `order_sn` varchar(64) NULL DEFAULT NULL,
  `create_time` datetime NULL DEFAULT NULL,
  `pay_amount` decimal(10,2) NULL DEFAULT NULL,
  `freight_amount` decimal(10,2) NULL DEFAULT NULL,
  `discount_amount` decimal(10,2) NULL DEFAULT NULL,
  `pay_type` int NULL DEFAULT NULL,
  `status` int NULL DEFAULT NULL,
  `delivery_company` varchar(64) NULL DEFAULT NULL,
  `delivery_sn` varchar(64) NULL DEFAULT NULL,
  `receiver_name` varchar(100) NULL DEFAULT NULL,
  `receiver_phone` varchar(32) NULL DEFAULT NULL,
  `receiver_post_code` varchar(32) NULL DEFAULT NULL,
  `receiver_province` varchar(32) NULL DEFAULT NULL,
  `receiver_city` varchar(32) NULL DEFAULT NULL,
  `receiver_region` varchar(32) NULL DEFAULT NULL,
  `receiver_detail_address` varchar(200) NULL DEFAULT NULL,
  `note` varchar(500) NULL DEFAULT NULL,
  `payment_time` datetime NULL DEFAULT NULL,
  `delivery_time` datetime NULL DEFAULT NULL,
  `receive_time` datetime NULL DEFAULT NULL,
  `modify_time` datetime NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `oms_order` VALUES (1, 1, 'M-1001', '2024-03-01 10:00:00', 90.00, 10.00, 0.00, 2, 1, NULL, NULL, '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, '2024-03-01 10:05:00', NULL, NULL, NULL);
INSERT INTO `oms_order` VALUES (2, 1, 'M-1002', '2024-03-02 10:00:00', 30.00, 0.00, 0.00, 1, 2, '顺丰快递', 'SF1', '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, '2024-03-02 10:05:00', '2024-03-03 10:00:00', NULL, NULL);
INSERT INTO `oms_order` VALUES (3, 1, 'M-1003', '2024-03-03 10:00:00', 120.00, 0.00, 0.00, 1, 3, '顺丰快递', 'sf1', '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, '2024-03-03 10:05:00', '2024-03-04 10:00:00', '2024-03-06 10:00:00', NULL);
INSERT INTO `oms_order` VALUES (4, 1, 'M-1004', '2024-03-04 10:00:00', 12.00, 0.00, 0.00, 0, 0, NULL, NULL, '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, NULL, NULL, NULL, NULL);
INSERT INTO `oms_order` VALUES (5, 1, 'M-1005', '2024-03-05 10:00:00', 25.00, 0.00, 0.00, 0, 4, NULL, NULL, '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, NULL, NULL, NULL, NULL);
INSERT INTO `oms_order` VALUES (6, 1, 'M-1006', '2024-03-06 10:00:00', 30.00, 0.00, 0.00, 1, 2, NULL, NULL, '茶客', '13800000000', '215000', '江苏省', '苏州市', '姑苏区', '平江路1号', NULL, NULL, NULL, NULL, NULL);

DROP TABLE IF EXISTS `oms_order_item`;
CREATE TABLE `oms_order_item`  (
  `id` bigint NULL DEFAULT NULL,
  `order_id` bigint NULL DEFAULT NULL,
  `product_id` bigint NULL DEFAULT NULL,
  `product_name` varchar(200) NULL DEFAULT NULL,
  `product_price` decimal(10,2) NULL DEFAULT NULL,
  `product_quantity` int NULL DEFAULT NULL,
  `product_sku_id` bigint NULL DEFAULT NULL,
  `product_sku_code` varchar(50) NULL DEFAULT NULL,
  `real_amount` decimal(10,2) NULL DEFAULT NULL,
  `product_attr` varchar(500) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `oms_order_item` VALUES (1, 1, 1, '碧螺春', 60.00, 1, 2, 'TEA-100', 56.00, '[{\"key\":\"规格\",\"value\":\"100g\"}]');
INSERT INTO `oms_order_item` VALUES (2, 1, 2, '盖碗', 12.00, 2, NULL, NULL, 12.00, NULL);
INSERT INTO `oms_order_item` VALUES (3, 2, 1, '碧螺春', 30.00, 1, 99, 'TEA-50', 30.00, '[{\"key\":\"规格\",\"value\":\"50g\"}]');
INSERT INTO `oms_order_item` VALUES (4, 3, 1, '碧螺春', 60.00, 2, 2, 'TEA-100', 60.00, '[{\"key\":\"规格\",\"value\":\"100g\"}]');
INSERT INTO `oms_order_item` VALUES (5, 4, 2, '盖碗', 12.00, 1, NULL, '', 12.00, NULL);
INSERT INTO `oms_order_item` VALUES (6, 5, 1, '碧螺春', 30.00, 1, 1, 'TEA-50', 30.00, NULL);

DROP TABLE IF EXISTS `oms_order_return_apply`;
CREATE TABLE `oms_order_return_apply`  (
  `id` bigint NULL DEFAULT NULL,
  `order_id` bigint NULL DEFAULT NULL,
  `product_id` bigint NULL DEFAULT NULL,
  `return_amount` decimal(10,2) NULL DEFAULT NULL,
  `status` int NULL DEFAULT NULL,
  `product_count` int NULL DEFAULT NULL,
  `handle_time` datetime NULL DEFAULT NULL,
  `receive_time` datetime NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `oms_order_return_apply` VALUES (1, 3, 1, 30.00, 2, 1, '2024-03-12 10:00:00', '2024-03-13 10:00:00');
INSERT INTO `oms_order_return_apply` VALUES (2, 3, 1, NULL, 0, 1, NULL, NULL);
INSERT INTO `oms_order_return_apply` VALUES (3, 5, 1, 30.00, 2, 1, '2024-03-12 10:00:00', NULL);

DROP TABLE IF EXISTS `sms_coupon`;
CREATE TABLE `sms_coupon`  (
  `id` bigint NULL DEFAULT NULL,
  `name` varchar(64) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;

INSERT INTO `sms_coupon` VALUES (1, '全品类通用券');

DROP TABLE IF EXISTS `cms_help`;
CREATE TABLE `cms_help`  (
  `id` bigint NULL DEFAULT NULL,
  `title` varchar(64) NULL DEFAULT NULL,
  PRIMARY KEY (`id`) USING BTREE
) ENGINE = InnoDB CHARACTER SET = utf8 COLLATE = utf8_general_ci ROW_FORMAT = DYNAMIC;


SET FOREIGN_KEY_CHECKS = 1;
