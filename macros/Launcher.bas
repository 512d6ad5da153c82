Attribute VB_Name = "Launcher"
Option Explicit

' Starts Python for a job on the workbook and waits. Which job does what is decided in Python (xlauto.button).

Public Const ADDIN_FILE As String = "xlauto.xlam"
Private Const XLWINGS_FILE As String = "xlwings.xlam"
Private Const PYTHON_VARIABLE As String = "XLAUTO_PYTHON"
Private Const PYTHON_IN_REGISTRY As String = "HKCU\Software\xlauto\python"
Private Const NOT_STARTED As Long = -1

Public Sub RunJob(ByVal job As String)
    Dim book As Object, bar As Variant, state As Variant, failure As String
    Set book = WorkbookOfJob()
    If book Is Nothing Then
        MsgBox TextOf("no_workbook"), vbExclamation, TextOf("title")
        Exit Sub
    End If
    bar = BarText()
    state = StateOfExcel()
    Application.StatusBar = Filled(TextOf("working"), "job", TextOf(job))
    failure = FailureOf(job, book.Name)
    GiveBack state
    If failure <> "" Then
        failure = failure & TextOf("what_to_do")
        If Recalculated() Then failure = failure & TextOf("calculated")
    End If
    Application.StatusBar = bar
    If failure <> "" Then MsgBox Filled(failure, "job", TextOf(job)), vbExclamation, TextOf("title")
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

' The workbook in front: the macro may be another workbook's, of which a sheet was copied or whose ribbon was asked.
Private Function WorkbookOfJob() As Object
    Set WorkbookOfJob = ActiveWorkbook
    If WorkbookOfJob Is Nothing And Not IsAddin() Then Set WorkbookOfJob = ThisWorkbook
End Function

' What Python changes while it works. The macro ends last, so it puts right what a Python that was killed has left.
Private Function StateOfExcel() As Variant
    Dim mode As Variant, events As Variant, alerts As Variant, screen As Variant
    On Error Resume Next
    mode = Application.Calculation
    events = Application.EnableEvents
    alerts = Application.DisplayAlerts
    screen = Application.ScreenUpdating
    StateOfExcel = Array(mode, events, alerts, screen)
End Function

' Only what differs is set: Excel forgets a copied range when the calculation mode is set.
Private Sub GiveBack(ByVal state As Variant)
    Dim present As Variant
    On Error Resume Next
    present = StateOfExcel()
    If present(1) <> state(1) Then Application.EnableEvents = state(1)
    If present(2) <> state(2) Then Application.DisplayAlerts = state(2)
    If present(3) <> state(3) Then Application.ScreenUpdating = state(3)
    If present(0) <> state(0) Then Application.Calculation = state(0)
End Sub

' Run the job. Empty when Python has told the user how it went, else what went wrong.
Private Function FailureOf(ByVal job As String, ByVal bookName As String) As String
    Dim python As String, arguments As String, status As Long, second As Long
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
        If status <> 0 Then
            ' xlauto may be in another Python than the newest one, which pyw takes.
            second = StatusOf("pythonw" & arguments)
            If second <> NOT_STARTED Or status = NOT_STARTED Then
                python = "pythonw"
                status = second
            End If
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
    ' VBA can read its own corner of the registry where the script host is blocked.
    If ConfiguredPython = "" Then ConfiguredPython = GetSetting("xlauto", "Launcher", "python")
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

' What is stale, across the sheets in the order of the formulas; a sheet on its own would read stale ones of others.
Private Function Recalculated() As Boolean
    On Error Resume Next
    Err.Clear
    Application.Calculate
    Recalculated = (Err.Number = 0)
End Function

Private Function Filled(ByVal text As String, ByVal word As String, ByVal value As String) As String
    Filled = Replace(text, "{" & word & "}", value)
End Function
