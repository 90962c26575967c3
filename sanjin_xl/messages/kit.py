"""What is said where the program is installed: by the kit for Windows, its setup.exe, and the entry on a Linux desktop."""

NAME = "三进"
COMMENT = "“三进”任务完成情况表：下发、回收、计分、排名"
MANUAL_FILE = "使用手册.pdf"
READ_ME_FILE = "先看这里.txt"
NOT_UNPACKED = "没有找到程序文件。请先把压缩包里的全部文件解压到一个文件夹，再双击这个文件。"

READ_ME = """\
{name} {version}
“三进”任务完成情况表：下发、回收、计分、排名。不联网，不需要管理员权限。

怎么打开
  1. 把压缩包里的全部文件解压到一个文件夹。在压缩包里直接双击是打不开的。
  2. 双击“{name}.cmd”（有的电脑只显示“{name}”），稍等几秒，程序的窗口就会打开。
  3. 第一次用，先点“用示例试一试”，不会动到别的文件。
每一步怎么做，见“使用手册.pdf”；“县区填报说明.pdf”可以转发给县区。

打开时Windows可能提示“未知发布者”或“已保护你的电脑”：点“更多信息”，再点“仍要运行”。
双击后没有反应，多半是杀毒软件拦下了python文件夹里的pythonw.exe，请在杀毒软件里放行。

各轮次的文件夹由您自己指定，不在这个文件夹里；备份时备份它们即可。
升级：关掉程序的窗口，把新的压缩包解压到另一个文件夹，再删掉旧的文件夹。各轮次不受影响。
不想要了：关掉程序的窗口，删掉这个文件夹。

会用命令的：在这个文件夹里打开命令提示符，输入 sanjin-xl --help。
"""

SETUP = {
    "PUBLISHER": "sanjin-xl",
    "COMMENT": COMMENT,
    "MANUAL": "使用手册",
    "COMMANDS": "三进（命令行）",
    "UNINSTALL": "卸载三进",
    "RUNNING": "三进的窗口还开着。请先关掉窗口，等两分钟，再试一次。",
    "FOREIGN": "这个文件夹里已有别的程序的文件。请另选一个空的文件夹。",
}

DESKTOP_ENTRY = """\
[Desktop Entry]
Type=Application
Name={NAME}
Comment={COMMENT}
Exec="{program}" window
Icon=sanjin-xl
Terminal=false
Categories=Office;
StartupNotify=true
"""
INSTALLED = "已装好：从应用菜单打开“{name}”。换新版本时再运行一次即可；要卸载，加上 --remove 运行。"
REMOVED = "已卸载。各轮次的文件夹没有动。"
PYTHON_TOO_OLD = "这台电脑的Python是{found}，需要3.11或更高。请装新的Python，再用它运行这个文件。"
NO_VENV = "没有装上：这台电脑的Python缺少venv（在Debian、UOS、麒麟上是python3-venv），请管理员装上后再运行一次。"
NO_PACKAGES = "没有装上：取不到所需的软件包。不能上网的电脑，请把它们放在旁边的wheels文件夹里，再运行一次。"
