; What becomes of messages, drafts and the session when Dunlin is removed from Windows. Included by electron-builder
; (nsis.include). An update runs the old uninstaller too, and a company removes without a user: neither asks, both keep.
; Windows would offer a program that is gone for these links. Another client that took them over since keeps them.
!macro dunlinForgetScheme SCHEME
  ReadRegStr $R2 HKCU "Software\Classes\${SCHEME}\shell\open\command" ""
  ; The command is "program" "%1"; ours lies in our folder. LogicLib's == takes no notice of case, as Windows does.
  StrCpy $R3 '"$INSTDIR\'
  StrLen $R4 $R3
  StrCpy $R4 $R2 $R4
  ${if} $R4 == $R3
    DeleteRegKey HKCU "Software\Classes\${SCHEME}"
  ${endIf}
!macroend

!macro customUnInstall
  ${ifNot} ${isUpdated}
    ; The entry that starts Dunlin with Windows (app.setLoginItemSettings names it by the app's id).
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
    !insertmacro dunlinForgetScheme "dunlin"
    !insertmacro dunlinForgetScheme "matrix"
    ClearErrors
    ${GetParameters} $R0
    ${GetOptions} $R0 "/S" $R1
    ${if} ${Errors}
      ; Without /SD it is shown although a one-click uninstaller is silent from here on.
      MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Also delete what Dunlin keeps on this computer for you: messages, drafts, words that are not sent yet and the sign-in?$\r$\n$\r$\nChoose No if you are going to install it again." IDNO dunlinKeepProfile
      RMDir /r "$APPDATA\Dunlin"
      dunlinKeepProfile:
    ${endIf}
  ${endIf}
!macroend
