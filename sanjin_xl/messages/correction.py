"""The words on a correction copy."""

SHEET = "审核意见"
TITLE = "{unit}填报情况审核意见"
LEAD = "请按下列意见在“完成情况表”中改正涂红的格子（点位置可直接跳到该格），改好后重新填写填报日期并报送。已填的内容均已保留，不需要重填。"
COLUMNS = ("编号", "项", "位置", "轻重", "审核发现", "请怎样做")
WHOLE = "全表"
FILE_NAME = "{unit}_{title}_{period}_退回修改.xlsx"
