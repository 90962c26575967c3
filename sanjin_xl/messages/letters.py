"""What the address book and the letters to the units say."""

BOOK = "通讯录.xlsx"
SHEET = "通讯录"
TITLE = "“三进”任务报送单位通讯录"
LEAD = "单位的增减、名称、顺序和邮箱都在这里改，保存后下次读取、下发、写草稿时照此办理。一行一个单位；几个邮箱用逗号隔开；由这些邮箱发来的回报会与所报单位核对。单位代码印在表号里，下发以后不要改。"
HEADINGS = {
    "code": "单位代码",
    "name": "单位名称",
    "area": "县区",
    "aliases": "别名",
    "to": "收件人",
    "cc": "抄送",
    "contact": "联系人",
    "phone": "电话",
}
CELL = "{book}的{cell}格"
LETTERS = "发件"
TEXTS = "文字"
LIST = "清单.xlsx"
LIST_SHEET = "发件清单"
LIST_TITLE = "发件清单"
LIST_LEAD = "草稿在本文件夹，双击用邮件程序打开，核对后发送；程序自己不发送。也可以从这里复制收件人、主题、正文，自己写邮件并附上附件。发出后请在“已发出”一栏打√，再次生成时保留；草稿改过的，原来的√移到备注。"
LIST_HEADINGS = {
    "kind": "种类",
    "unit": "单位",
    "to": "收件人",
    "cc": "抄送",
    "subject": "主题",
    "body": "正文",
    "attachment": "附件",
    "draft": "草稿",
    "sent": "已发出",
    "note": "备注",
    "mark": "草稿编号",
}
SENT_BEFORE = "上一稿已发出（{sent}）"
WITHDRAWN = "草稿已撤下"
NO_ADDRESS = "没有邮箱"
DRAFT_NAME = "{kind}_{unit}.eml"
TEXT_NAME = "{kind}.txt"
UNIT_TEXT_NAME = "{kind}_{unit}.txt"
KINDS = {"issue": "下发", "remind": "催报", "return": "退回", "feedback": "反馈"}
ATTACHMENTS = "附件"
CHECKS_NAME, SUMS_NAME = "校验清单.txt", "校验清单.sha256"
CHECKS = """\
校验清单：{title}

文件：{file}
大小：{size}字节
SHA-256：{sha256}

请先解压，再打开表填写；只需报回填好的表，本清单不用报。

核对文件是否完整、有没有被改动：
一、右键点文件，选“属性”，大小应与上面相同。
二、在文件所在的文件夹打开命令提示符，运行
certutil -hashfile "{file}" SHA256
显示的一串应与上面的SHA-256相同。
三、麒麟、统信等系统，在终端里运行
sha256sum -c {sums}
显示“成功”或“OK”即为相同。
"""
SUBJECT = "主题："
DAY = "{day:%Y年}{day.month}月{day.day}日"
# What may stand in a text between 【 and 】.
WORDS = {
    "unit": "单位",
    "period": "填报期",
    "due": "截止日期",
    "back": "更正期限",
    "to_whom": "收件单位",
    "person": "联系人",
    "phone": "电话",
    "contact": "对方联系人",
}
TEXT_HEAD = "主题：{subject}\n\n{body}"
DEFAULTS = {
    "issue": TEXT_HEAD.format(
        subject="关于填报【填报期】“三进”任务完成情况表的通知（【单位】）",
        body="【单位】：\n\n现将【填报期】“三进”任务完成情况表发给你们，请按表内“填表说明”逐项如实填写，于【截止日期】前将填好的电子表回复本邮件报送。请不要改动表的结构，也不要转抄到别的表上。\n\n联系人：【联系人】，电话：【电话】。\n\n【收件单位】\n",
    ),
    "remind": TEXT_HEAD.format(
        subject="催报：【填报期】“三进”任务完成情况表（【单位】）",
        body="【单位】：\n\n【填报期】“三进”任务完成情况表应于【截止日期】前报送，我们至今没有收到。请尽快填好所附的表，回复本邮件报送；如已报送，请告知报送的时间和方式。\n\n联系人：【联系人】，电话：【电话】。\n\n【收件单位】\n",
    ),
    "return": TEXT_HEAD.format(
        subject="退回更正：【填报期】“三进”任务完成情况表（【单位】）",
        body="【单位】：\n\n你们报送的【填报期】“三进”任务完成情况表有需要更正或核实的地方，已在所附的表中标出，原因和办法见表内“审核意见”。请在这份表上更正，于【更正期限】前回复本邮件重新报送，不要另用别的表。\n\n联系人：【联系人】，电话：【电话】。\n\n【收件单位】\n",
    ),
    "feedback": TEXT_HEAD.format(
        subject="反馈：【填报期】“三进”任务完成情况（【单位】）",
        body="【单位】：\n\n现将你们【填报期】“三进”任务完成情况的得分、失分项目和改进建议反馈给你们，请对照改进。对得分有不同意见的，请与我们联系。\n\n联系人：【联系人】，电话：【电话】。\n\n【收件单位】\n",
    ),
}
