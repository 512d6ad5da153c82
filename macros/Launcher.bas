Attribute VB_Name = "Launcher"
Option Explicit

' Starts Python for a job on the workbook and waits. Which job does what is decided in Python (xlauto.button).

Public Const ADDIN_FILE As String = "xlauto.xlam"
Private Const XLWINGS_FILE As String = "xlwings.xlam"
Private Const PYTHON_VARIABLE As String = "XLAUTO_PYTHON"
Private Const PYTHON_IN_REGISTRY As String = "HKCU\Software\xlauto\python"
Private Const NOT_STARTED As Long = -1

Public Sub RunJob(ByVal job As String)
    Dim book As Object, bar As Variant, failure As String
    Set book = WorkbookOfJob()
    If book Is Nothing Then
        MsgBox TextOf("no_workbook"), vbExclamation, TextOf("title")
        Exit Sub
    End If
    bar = BarText()
    Application.StatusBar = Filled(TextOf("working"), "job", TextOf(job))
    failure = FailureOf(job, book.Name)
    If failure <> "" Then RecalculateAlone
    Application.StatusBar = bar
    If failure <> "" Then
        MsgBox Filled(failure & TextOf("what_to_do"), "job", TextOf(job)), vbExclamation, TextOf("title")
    End If
End Sub

Public Function IsOpen(ByVal fileName As String) As Boolean
    Dim found As Object
    On Error Resume Next
    Set found = Workbooks(fileName)
    IsOpen = Not found Is Nothing
End Function

Public Function IsAddin() As Boolean
    IsAddin = (LCase$(Right$(ThisWorkbook.Name, 5)) = ".xlam")
End Function

' The add-in serves the workbook in front, a workbook with macros itself.
Private Function WorkbookOfJob() As Object
    If IsAddin() Then
        Set WorkbookOfJob = ActiveWorkbook
    Else
        Set WorkbookOfJob = ThisWorkbook
    End If
End Function

' Run the job. Empty when Python has told the user how it went, else what went wrong.
Private Function FailureOf(ByVal job As String, ByVal bookName As String) As String
    Dim python As String, arguments As String, status As Long
    ' -P: nothing is imported from the folder that Excel happens to be in, where downloads may lie.
    arguments = " -P -m xlauto.button " & job & " " & Quoted("--wb=" & bookName) & " --hwnd=" & WindowHandle()
    python = ConfiguredPython()
    If python <> "" Then
        status = StatusOf(Quoted(python) & arguments)
    ElseIf IsOpen(XLWINGS_FILE) Then
        python = "xlwings"
        status = StatusThroughXlwings(job)
    Else
        python = "pyw -3"
        status = StatusOf(python & arguments)
        If status = NOT_STARTED Then
            python = "pythonw"
            status = StatusOf(python & arguments)
        End If
    End If
    If status = NOT_STARTED Then
        FailureOf = Filled(TextOf("not_started"), "program", python)
    ElseIf status <> 0 Then
        FailureOf = Filled(Filled(TextOf("failed"), "program", python), "status", CStr(status))
    End If
End Function

Private Function ConfiguredPython() As String
    ConfiguredPython = Environ(PYTHON_VARIABLE)
    If ConfiguredPython <> "" Then Exit Function
    On Error Resume Next
    ConfiguredPython = CreateObject("WScript.Shell").RegRead(PYTHON_IN_REGISTRY)
End Function

' Run a program, wait for it, give its exit status.
Private Function StatusOf(ByVal commandLine As String) As Long
    Dim host As Object
    On Error Resume Next
    Set host = CreateObject("WScript.Shell")
    If host Is Nothing Then
        StatusOf = StatusWithoutHost(commandLine)
        Exit Function
    End If
    Err.Clear
    ' Window style 1: pythonw shows no window, and 0 would hide its message box too.
    StatusOf = host.Run(WithoutVariables(commandLine), 1, True)
    If Err.Number <> 0 Then StatusOf = NOT_STARTED
End Function

' Where the script host is blocked or absent, nothing can wait: the job begins when the macro has ended.
Private Function StatusWithoutHost(ByVal commandLine As String) As Long
    Dim started As Double
    On Error Resume Next
    Err.Clear
    started = Shell(commandLine, 1)
    If Err.Number <> 0 Then StatusWithoutHost = NOT_STARTED
End Function

Private Function StatusThroughXlwings(ByVal job As String) As Long
    Dim result As Variant
    If Not IsAddin() Then ThisWorkbook.Activate
    On Error Resume Next
    result = Application.Run(XLWINGS_FILE & "!RunPython", "import xlauto.button; xlauto.button." & job & "()")
    If Err.Number <> 0 Then
        StatusThroughXlwings = NOT_STARTED
    Else
        StatusThroughXlwings = Val(CStr(result))
    End If
End Function

Private Function Quoted(ByVal argument As String) As String
    Quoted = """" & argument & """"
End Function

' The script host puts the value of TEMP where a command says %TEMP%, so a percent sign, which only stands inside
' quotation marks here, gets marks of its own: "100%TEMP%.xlsm" becomes "100"%"TEMP"%".xlsm", the same argument.
Public Function WithoutVariables(ByVal commandLine As String) As String
    WithoutVariables = Replace(commandLine, "%", """%""")
End Function

Private Function WindowHandle() As String
    WindowHandle = "0"
    On Error Resume Next
    WindowHandle = CStr(Application.Hwnd)
End Function

Private Function BarText() As Variant
    BarText = False
    On Error Resume Next
    BarText = Application.StatusBar
End Function

Private Sub RecalculateAlone()
    On Error Resume Next
    Application.CalculateFull
    If Err.Number <> 0 Then Application.Calculate
End Sub

Private Function Filled(ByVal text As String, ByVal word As String, ByVal value As String) As String
    Filled = Replace(text, "{" & word & "}", value)
End Function
