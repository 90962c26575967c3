"""What went wrong on our side or in the city clerk's set-up."""

ERRORS = {
    "form-invalid": "表样文件有误：",
    "form-unknown": "找不到表样“{form}”，请检查 round.toml 中的 form。",
    "roster-invalid": "单位名单有误：",
    "round-missing": "找不到文件夹：{path}",
    "round-not-a-round": "{path} 不是一个轮次文件夹（没有 round.toml），请先运行 sanjin-xl new。",
    "round-exists": "{path} 已是一个轮次文件夹，不再重建。",
    "round-invalid": "round.toml 有误：",
    "round-key-missing": "找不到本轮密钥（.sanjin/key），已下发的表无法核验，请从备份恢复。",
    "round-key-invalid": "本轮密钥（.sanjin/key）已损坏，请从备份恢复。",
    "round-busy": "另一个 sanjin-xl 正在处理这个文件夹，请稍后再试。",
    "register-damaged": "登记库（.sanjin/register.sqlite）已损坏，请从备份恢复，或移走后重新运行。",
    "period-unclear": "填报期“{period}”认不出来，请写成2012年第三季度、2012年9月、2012年度之类。",
    "date-unclear": "日期“{value}”认不出来，请写成2012-10-15之类。",
    "output-locked": "写不进 {path}，可能正在Excel或WPS中打开，请关闭后再试；其他文件不受影响。",
    "output-failed": "写不进 {path}：{detail}",
    "samples-missing": "找不到样例。",
    "unit-unknown": "名单中没有“{unit}”。",
    "conservation": "核对不平，未更新结果：{detail}",
    "rulings-unreadable": "核定表 {path} 读不出来，未更新结果：{detail}",
}

PROBLEMS = {
    "toml-syntax": "不是有效的TOML（{detail}）",
    "toml-missing": "缺少这一项",
    "toml-type": "应为{expected}",
    "toml-points": "应为不小于0、最多两位小数的数，现为{found}",
    "toml-unknown-key": "没有这一项设置，请检查拼写",
    "form-no-items": "没有考核内容",
    "form-recurrence": "不认识的周期“{found}”",
    "form-sum": "分值合计为{found}，与所列{declared}不符（单位：百分之一分）",
    "form-duplicate": "“{found}”重复",
    "form-order": "序号应为{expected}，现为{found}",
    "form-depends": "所依赖的第{found}项不存在或是它自己",
    "roster-code": "单位代码“{found}”应由字母和数字组成",
    "roster-name": "单位名称“{found}”不能用作文件名",
    "roster-clash": "“{found}”与另一单位重复",
    "round-period": "填报期“{found}”认不出来",
    "round-policy": "没有口径“{found}”，应为A、B或C",
    "round-unit": "名单中没有“{found}”",
}

TOML_TYPES = {
    "table": "一组设置",
    "text": "文字",
    "integer": "整数",
    "flag": "true或false",
    "date": "日期",
    "list": "列表",
    "text-list": "文字列表",
    "number": "数字",
}
