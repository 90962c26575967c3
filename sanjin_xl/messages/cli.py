"""What the command line says, and the text of a fresh round.toml."""

RECIPIENT = "河源市司法局"

CONFIG_FILE = """\
# 一轮收集的设置。改动后重新运行 sanjin-xl ingest 即可。

form = "{form}"           # 表样
period = "{period}"       # 填报期
due = {due}               # 截止日期
policy = "{policy}"       # 计分口径：A 只看落实；B 台帐核减；C 无台帐不得分
recipient = "河源市司法局"
contact = ""              # 联系人及电话，印在填表说明上

# as_of = 2012-10-31      # 统计截至日期，不写即为截止日期
# late_deduction = 0.5    # 逾期每天扣分，不写即不扣
# dense_ranks = true      # 并列后名次不空缺（1、2、2、3）
# accept = ["441625-01", "2012年第二季度"]   # 可接受的旧表：表号前两段，或填报期
# passwords = ["123456"]  # 加了打开密码的文件，依次用这些密码试开
# [pinned]                # 同一单位报了多份时，指定采用哪一份（回收文件夹内的文件名）
# "东源县" = "东源县司法局（第二次）.xlsx"
"""
