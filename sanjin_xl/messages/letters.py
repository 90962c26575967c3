"""What the address book and the letters to the units say."""

BOOK = "通讯录.xlsx"
SHEET = "通讯录"
TITLE = "“三进”任务报送单位通讯录"
LEAD = "单位的增减、名称、顺序和邮箱都在这里改，保存后重新运行即可。一行一个单位；几个邮箱用逗号隔开；由这些邮箱发来的回报会与所报单位核对。单位代码印在表号里，下发以后不要改。"
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
