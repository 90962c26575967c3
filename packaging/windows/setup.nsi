; The setup.exe of the kit, for one user and without an administrator. build.py gives names, texts and sizes.

Unicode true
Target amd64-unicode
!include "${GIVEN}"
!include "MUI2.nsh"
!include "LogicLib.nsh"

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\sanjin-xl"
!define MENU "$SMPROGRAMS\${NAME}"

Name "${NAME} ${VERSION}"
OutFile "${OUT}"
RequestExecutionLevel user
ManifestDPIAware true
InstallDir "$LOCALAPPDATA\Programs\sanjin-xl"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=2052 "ProductName" "${NAME}"
VIAddVersionKey /LANG=2052 "FileDescription" "${TEXT_COMMENT}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "LegalCopyright" "${TEXT_PUBLISHER}"

!define MUI_ICON "${KIT}/sanjin.ico"
!define MUI_UNICON "${KIT}/sanjin.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\python\pythonw.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "-m sanjin_xl window"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

!macro REFUSE TEXT
  MessageBox MB_OK|MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  SetErrorLevel 2
  Quit
!macroend

Section
  ; An older version is taken away by its own uninstaller, which knows its files and whether it is running.
  ${If} ${FileExists} "$INSTDIR\uninstall.exe"
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR' $0
    ${If} $0 <> 0
      !insertmacro REFUSE "${TEXT_RUNNING}"
    ${EndIf}
  ${ElseIf} ${FileExists} "$INSTDIR\python\*.*"
  ${OrIf} ${FileExists} "$INSTDIR\pkgs\*.*"
    ; Ours are removed whole when it is uninstalled, so that nobody else's may bear these names.
    !insertmacro REFUSE "${TEXT_FOREIGN}"
  ${EndIf}

  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "Publisher" "${TEXT_PUBLISHER}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\sanjin.ico"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  File /r "${KIT}/*"

  ; They start in a folder where the user's files lie, not among the program's.
  SetOutPath "$DOCUMENTS"
  CreateDirectory "${MENU}"
  CreateShortcut "$DESKTOP\${NAME}.lnk" "$INSTDIR\python\pythonw.exe" "-m sanjin_xl window" "$INSTDIR\sanjin.ico"
  CreateShortcut "${MENU}\${NAME}.lnk" "$INSTDIR\python\pythonw.exe" "-m sanjin_xl window" "$INSTDIR\sanjin.ico"
  CreateShortcut "${MENU}\${TEXT_COMMANDS}.lnk" "$SYSDIR\cmd.exe" '/k set "PATH=$INSTDIR;%PATH%"' "$INSTDIR\sanjin.ico"
  CreateShortcut "${MENU}\${TEXT_UNINSTALL}.lnk" "$INSTDIR\uninstall.exe"
  CreateShortcut "${MENU}\${TEXT_MANUAL}.lnk" "$INSTDIR\${MANUAL}"
SectionEnd

Section "Uninstall"
  ; While the program runs, its folder cannot be renamed, or the library it has loaded not be deleted: then all stays.
  RMDir /r "$INSTDIR\python.old"
  ${If} ${FileExists} "$INSTDIR\python\*.*"
    ClearErrors
    Rename "$INSTDIR\python" "$INSTDIR\python.old"
    Delete "$INSTDIR\python.old\${LIBRARY}"
    ${If} ${Errors}
      Rename "$INSTDIR\python.old" "$INSTDIR\python"
      !insertmacro REFUSE "${TEXT_RUNNING}"
    ${EndIf}
  ${EndIf}
  RMDir /r "$INSTDIR\python.old"
  RMDir /r "$INSTDIR\pkgs"
  !insertmacro DELETE_OWN
  Delete "$DESKTOP\${NAME}.lnk"
  RMDir /r "${MENU}"
  DeleteRegKey HKCU "${KEY}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
