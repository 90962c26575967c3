"""Why a file was not counted, in words, and what to do next."""

REASONS = {
    # not counted, though read
    "unit-unknown": "看不出是哪个单位所报（{found}），请核实后改好文件名或填报单位重新放入。",
    "unit-conflict": "{place}写的是{found}，而表号属于{unit}，请核实是哪个单位所报，确认前不计分。",
    "unit-names-differ": "填报单位写的是{unit}，文件名写的是{found}，请核实是哪个单位所报，确认前不计分。",
    "stamp-forged": "表号核验不符，可能被改动或不是本局下发，请用本局下发的表重报。",
    "stamp-other-period": "这是{period}的表，不是本期（{expected}）的，请用本期的表填报。",
    "stamp-other-form": "这张表是按另一版表样做的，请用本期下发的表填报。",
    "stamp-older-issue": "这是第{issue}次下发的表，最新为第{latest}次，请用最新的表填报。",
    "no-items": "表中找不到考核项目，不是本表或内容已不可辨认。",
    "superseded": "同一单位有较新的一份（{other}），以较新的为准。",
    "duplicate": "与{other}的答案完全相同。",
    # not ours to read
    "skipped-temporary": "Office打开文件时的临时文件，跳过。",
    "skipped-system": "系统文件，跳过。",
    "skipped-output": "本程序生成的文件，跳过。",
    "skipped-link": "快捷方式或链接，不予跟随，请放入文件本身。",
    "skipped-folder": "这是文件夹，不是表；其中的文件照常读取。",
    "skipped-unreadable": "文件夹打不开，请检查权限。",
    "skipped-special": "不是普通文件，跳过。",
    "file-cannot-open": "文件打不开（{detail}），可能正被占用或没有权限，请关闭后再试。",
    "file-special": "不是普通文件。",
    "file-archive-depth": "压缩包层数过多，请解压后放入。",
    "file-internal-error": "程序处理这个文件时出错（{detail}），请把该文件报给维护人员，同时可请填报单位另存为.xlsx后重报。",
    "file-reader-died": "读取时程序异常退出，文件可能已损坏，请用WPS或Excel另存为.xlsx后重新报送。",
}
