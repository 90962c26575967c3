"""Why a file was not counted, in words, and what to do next."""

NAMELESS = "未命名"  # a file that came without a name
ATTACHMENT = "附件{n}"  # the same in a mail
NOBODY = "发件人不详"

REASONS: dict[str, str] = {
    # not counted, though read
    "unit-unknown": "看不出是哪个单位所报（{found}），请核实后改好文件名或填报单位重新放入。",
    "unit-conflict": "{place}写的是{found}，而表号属于{unit}，请核实是哪个单位所报，确认前不计分；如确属{unit}，在round.toml的[pinned]中写明这份文件即可。",
    "pin-conflict": "已指定为{found}的表，而表号属于{unit}，不能采用，请改round.toml的[pinned]。",
    "unit-names-differ": "填报单位写的是{unit}，文件名写的是{found}，请核实是哪个单位所报，确认前不计分；可在round.toml的[pinned]中指定。",
    "stamp-forged": "表号核验不符，可能被改动或不是本局下发，请用本局下发的表重报。",
    "stamp-other-period": "这是{period}的表，不是本期（{expected}）的，请用本期的表填报。",
    "stamp-other-form": "这张表是按另一版表样做的，请用本期下发的表填报。",
    "stamp-older-issue": "这是第{issue}次下发的表，最新为第{latest}次，请用最新的表填报。",
    "blank-form": "表上一项也没有填，按未报送处理，不算0分，请在下发的表里填好后重新报送。{elsewhere}{drawn}",
    "transposed": "表的行和列对调了（各项排成一行），不予读取，请用本局下发的表填报。",
    "no-items": "表中找不到考核项目，不是本表或内容已不可辨认。",
    "our-output": "这是本程序写出的{found}，不是报送的表，请换成该单位填好的表。",
    "superseded": "同一单位有较新的一份（{other}），以较新的为准。",
    "unsealed": "没有有效的表号，而同一单位另有一份（{other}）表号有效，以那一份为准。",
    "corrected": "已按退回意见更正重报（{other}），以更正后的为准。",
    "not-pinned": "同一单位有几份，市局已指定采用{other}。",
    "duplicate": "与{other}的答案完全相同。",
    "attachment-of": "附件（{what}），{unit}的电子表已收到（{other}），无需处理。",
    "attachment": "附件（{what}），各单位的电子表均已收到，无需处理。",
    # not ours to read
    "skipped-temporary": "Office打开文件时的临时文件，跳过。",
    "skipped-system": "系统文件，跳过。",
    "skipped-mail-picture": "邮件正文里的图片（多为签名、图标），跳过。",
    "skipped-checks": "随下发的表附上的校验清单，跳过。",
    "skipped-receipt": "对方打开邮件后发来的“已读”通知，不是报送，跳过。",
    "skipped-reply": "自动回复，没有附件，跳过。",
    "skipped-card": "日程、会议邀请或名片，不是报送，跳过。",
    "skipped-link": "快捷方式或链接，不予跟随，请放入文件本身。",
    "skipped-folder": "这是文件夹，不是表；其中的文件照常读取。",
    "link-dangling": "这是链接，它指向的文件不在了，请改用文件本身。",
    "folder-empty": "这是空文件夹，没有要检查的文件。",
    "folder-unreadable": "文件夹打不开，其中的文件都没有读到，请检查权限。",
    "skipped-special": "不是普通文件，跳过。",
    "file-missing": "找不到文件。",
    "file-cannot-open": "文件打不开（{detail}），可能正被占用或没有权限，请关闭后再试。",
    "file-special": "不是普通文件。",
    "file-archive-depth": "压缩包层数过多，请解压后放入。",
    "file-archive-empty": "压缩包里没有文件，请核实后重新报送。",
    "file-archive-many": "压缩包里的文件过多（上限{limit}个），请解压后放入，或分成几个压缩包。",
    "file-archive-large": "压缩包解开后过大（上限{limit}字节），请解压后只放入报送的表。",
    "file-archive-no-program": "没有能打开它的7-Zip程序，请解压后放入，或请对方改用zip；要直接读取.rar和.7z，请维护人员装上扩展archives。",
    "file-archive-volume": "压缩包不完整：是分卷中的一卷，或没有传完。请把各卷放在一起解压后放入，或请对方改用一个zip重新报送。",
    "file-archive-damaged": "压缩包已损坏，打不开，请对方重新压缩（最好用zip）后报送。",
    "file-archive-slow": "同一压缩包里的文件读取过慢，余下的没有读，请解压后放入。",
    "file-internal-error": "程序处理这个文件时出错（{detail}），请把该文件报给维护人员，同时可请填报单位另存为.xlsx后重报。",
    "file-reader-died": "读取时程序异常退出、超时或内存不够，文件可能已损坏，请用WPS或Excel另存为.xlsx后重新报送。",
}

# What to do next, said alike for many.
_SAVE_AS = "请用WPS或Excel打开后另存为.xlsx重新报送。"
_USE_OURS = "请把内容填在下发的表里报送。"
_SUSPICIOUS = "文件内部自相矛盾，为防读错不予读取，" + _SAVE_AS
_DAMAGED = "文件已损坏，" + _SAVE_AS

REASONS |= {
    # what it is instead
    "file-empty": "文件是空的（0字节），请重新报送。",
    "file-zeros": "文件内容全是空字节，多半是传输或存盘出错，请重新报送。",
    "file-cut-off": "文件不完整，可能没有传完，请重新报送。",
    "file-html": "这是网页，不是工作簿，只是扩展名像，" + _SAVE_AS,
    "file-xml-2003": "这是XML表格（2003格式），" + _SAVE_AS,
    "file-xml-other": "这是XML文件，不是工作簿，" + _USE_OURS,
    "file-csv": "这是文本（CSV等），不是工作簿，" + _USE_OURS,
    "file-word": "这是Word文档，" + _USE_OURS,
    "file-pdf": "这是PDF，请报送填好的电子表，盖章的扫描件另附。",
    "file-picture": "这是图片，请报送填好的电子表，照片另附。",
    "file-not-a-workbook": "这是别的文档，不是工作簿，" + _USE_OURS,
    "file-mail": "这是电子邮件，请把其中的附件取出后放入。",
    "file-mail-bare": "附件缺失：邮件（{sender}）里没有附件，写在正文里的、链接和超大附件都取不到，请对方把填好的表作为普通附件重新发来。",
    "file-mail-cloud": "附件缺失：邮件（{sender}）里只有超大附件、云附件或网盘的链接，文件不在邮件里，过期就取不到了。请打开邮件把文件下载后放入，或请对方把填好的表作为普通附件重新发来。",
    "file-mail-sealed": "邮件加了密，或用S/MIME签名封装，附件取不出来，请对方不加密、不签名重新发来，或在邮件程序里打开后另存附件放入。",
    "file-mail-returned": "这是邮件系统（{sender}）的退信或投递报告，不是报送，其中的附件是寄出去的那一份，不读取。没有送到的，请核对对方邮箱后重新发送。",
    "file-mail-draft": "这是本程序写的邮件草稿，不是报送，不读取；单位报来的邮件请另行导出放入。",
    "file-mail-head": "邮件头过长（上限{limit}字节），不像是正常的邮件，请把其中的附件取出后放入。",
    "file-mail-parts": "邮件的部分过多（上限{limit}个），请把其中的附件取出后放入。",
    "file-mail-depth": "邮件套得过深（上限{limit}层），请把其中的附件取出后放入。",
    "file-mail-link": "附件只是一个链接（云附件、超大附件），文件不在邮件里，请对方作为普通附件重新发来。",
    "file-mail-object": "这是嵌在邮件正文里的对象，不是附件，请对方把填好的表作为普通附件重新发来。",
    "file-winmail": "这是Outlook打包的附件（winmail.dat），请对方改用普通格式重发邮件，或取出其中的附件。",
    "file-ofd": "这是版式文件（OFD、CEB等），不是工作簿，" + _USE_OURS,
    "file-iwork": "这是苹果的Numbers或Pages文件，请用WPS或Excel填写下发的表后报送。",
    "file-other-spreadsheet": "这是别的表格软件的格式（UOF、Gnumeric、SYLK等），请用原来的软件打开后另存为.xlsx重新报送。",
    "file-program": "这是程序或自解压包，没有打开，请把里面的表取出来，用下发的表报送。",
    "file-shortcut": "这是快捷方式，不是文件本身，请放入它指向的文件。",
    "skipped-sidecar": "苹果电脑的附属文件，没有内容，跳过。",
    "file-media": "这是录音或录像，请报送填好的电子表。",
    "file-half-downloaded": "这是没有下载完或没有存完的文件（{found}），请重新下载或另存后放入。",
    "file-old-excel": "这是很旧的Excel格式（95及以前），" + _SAVE_AS,
    "file-archive-unsupported": "这种压缩包不支持，请解压后放入，或改用zip。",
    "file-unknown": "认不出的内容，可能被单位加密软件加密，请解密后外发。",
    "file-encrypted": "文件设了打开密码，请取消密码后重新报送，或把密码加到轮次设置的passwords中。",
    "file-rights-protected": "文件被权限保护（IRM或文档加密），请解除后重新报送。",
    "file-part-encrypted": "压缩包或文件的一部分设了密码，请取消密码或解压后重新放入。",
    # too much of something
    "file-too-large": "文件或其中一部分过大（上限{limit}字节），请核实是否混入了图片等内容，" + _SAVE_AS,
    "file-ratio": "文件压缩得不合常理，为安全起见不予读取，" + _SAVE_AS,
    "file-too-many-parts": "文件内部的部件过多（上限{limit}个），" + _SAVE_AS,
    "file-too-many-rows": "表的行数过多（上限{limit}行），请删去表外的内容，" + _SAVE_AS,
    "file-too-many-cells": "表的格子过多（上限{limit}个），请删去表外的内容，" + _SAVE_AS,
    "file-far-cell": "在离表很远的地方（{cell}）有内容，请删去后重新报送。",
    "file-grid": "表占的范围过大，请删去表外的内容，" + _SAVE_AS,
    "file-much-text": "表里的文字共超过{limit}字，不像是填报的内容，请删减后重新报送。",
    "file-long-text": "有一格的文字超过{limit}字，请缩短后重新报送。",
    "file-too-complex": "文件过于复杂，读取所需的内存或时间超过限度，" + _SAVE_AS,
    # contradicts itself
    **dict.fromkeys(
        (
            "file-address", "file-cell-order", "file-directory", "file-doctype", "file-duplicate-part", "file-encoding",
            "file-false-count", "file-header", "file-hidden-bytes", "file-markup", "file-method", "file-name",
            "file-overlap", "file-range", "file-row-order", "file-two-values", "file-value",
            "file-wiring", "file-wrong-part",
        ),
        _SUSPICIOUS,
    ),
    # damaged
    **dict.fromkeys(("file-crc", "file-size", "file-part-missing", "file-unreadable", "file-xml"), _DAMAGED),
}  # fmt: skip
