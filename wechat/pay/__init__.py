"""WeChat Pay v3: orders, refunds, notifications and bills, with amounts in fen."""
