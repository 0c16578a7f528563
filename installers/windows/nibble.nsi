; Installer for one person, without administrator: menu entry, .gguf opens with Nibble, nibble-cli on the path.
; Run by installers/windows/nsis, which defines VERSION, PROGRAMS, ASSETS and OUTPUT.
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include WordFunc.nsh

Name "Nibble"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Nibble"
InstallDirRegKey HKCU "Software\Nibble" "Folder"
SetCompressor /SOLID lzma
SetDateSave off
ManifestDPIAware true
ManifestLongPathAware true

VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "Nibble"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "Nibble Setup"
VIAddVersionKey LegalCopyright "Apache-2.0 OR MIT"

!define MUI_ICON "${ASSETS}\icon\nibble.ico"
!define MUI_UNICON "${ASSETS}\icon\nibble.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\nibble.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Russian"
!insertmacro MUI_LANGUAGE "SimpChinese"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Nibble"

Section "Nibble"
  SetOutPath "$INSTDIR"
  ; A program that runs cannot be overwritten, but it can be renamed.
  Delete "$INSTDIR\nibble.exe.old"
  Rename "$INSTDIR\nibble.exe" "$INSTDIR\nibble.exe.old"
  Delete "$INSTDIR\nibble-cli.exe.old"
  Rename "$INSTDIR\nibble-cli.exe" "$INSTDIR\nibble-cli.exe.old"
  File "${PROGRAMS}\nibble.exe"
  File "${PROGRAMS}\nibble-cli.exe"
  Delete /REBOOTOK "$INSTDIR\nibble.exe.old"
  Delete /REBOOTOK "$INSTDIR\nibble-cli.exe.old"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Nibble.lnk" "$INSTDIR\nibble.exe"
  WriteRegStr HKCU "Software\Nibble" "Folder" "$INSTDIR"

  WriteRegStr HKCU "Software\Classes\.gguf\OpenWithProgids" "Nibble.gguf" ""
  WriteRegStr HKCU "Software\Classes\Nibble.gguf" "" "Language model"
  WriteRegStr HKCU "Software\Classes\Nibble.gguf\DefaultIcon" "" "$INSTDIR\nibble.exe,0"
  WriteRegStr HKCU "Software\Classes\Nibble.gguf\shell\open\command" "" '"$INSTDIR\nibble.exe" "%1"'
  ReadRegStr $0 HKCU "Software\Classes\.gguf" ""
  StrCmp $0 "" 0 +2
  WriteRegStr HKCU "Software\Classes\.gguf" "" "Nibble.gguf"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  ; The path of the person, read whole: a string longer than the installer holds is left alone.
  ReadRegStr $0 HKCU "Environment" "Path"
  IfErrors path_empty
  StrLen $1 $0
  IntCmp $1 900 path_done 0 path_done
  ${WordFind} "$0" ";" "E/$INSTDIR" $2
  IfErrors 0 path_done
  StrCpy $0 "$0;"
path_empty:
  ClearErrors
  WriteRegExpandStr HKCU "Environment" "Path" "$0$INSTDIR"
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
path_done:

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Nibble"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "Nibble"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\nibble.exe,0"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section "un.Nibble"
  SectionIn RO
  Delete "$INSTDIR\nibble.exe"
  Delete "$INSTDIR\nibble-cli.exe"
  Delete "$INSTDIR\nibble.exe.old"
  Delete "$INSTDIR\nibble-cli.exe.old"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Nibble.lnk"
  DeleteRegValue HKCU "Software\Classes\.gguf\OpenWithProgids" "Nibble.gguf"
  ReadRegStr $0 HKCU "Software\Classes\.gguf" ""
  StrCmp $0 "Nibble.gguf" 0 +2
  DeleteRegValue HKCU "Software\Classes\.gguf" ""
  DeleteRegKey /ifempty HKCU "Software\Classes\.gguf\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "Software\Classes\.gguf"
  DeleteRegKey HKCU "Software\Classes\Nibble.gguf"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Nibble"
  ReadRegStr $0 HKCU "Environment" "Path"
  StrLen $1 $0
  IntCmp $1 1000 unpath_done 0 unpath_done
  StrCmp $0 "$INSTDIR" unpath_whole
  ${WordReplace} "$0" ";$INSTDIR" "" "+" $2
  StrCmp $0 $2 unpath_done
  WriteRegExpandStr HKCU "Environment" "Path" "$2"
  Goto unpath_done
unpath_whole:
  DeleteRegValue HKCU "Environment" "Path"
unpath_done:
SectionEnd

; Left alone unless asked for.
Section /o "un.Chats, settings and models"
  RMDir /r "$APPDATA\Nibble"
  RMDir /r "$LOCALAPPDATA\Nibble"
SectionEnd
