Attribute VB_Name = "Buttons"
Option Explicit

' What a person presses. ribbon.xml names these macros: a button's id is its macro, "On" and the id its callback.

Public Sub FillFormulas()
    RunJob "fill"
End Sub

Public Sub CheckWorkbook()
    RunJob "check"
End Sub

Public Sub RecalculateScores()
    RunJob "recalc"
End Sub

Public Sub ExplainScores()
    RunJob "explain"
End Sub

Public Sub ClearMarks()
    RunJob "clear"
End Sub

Public Sub OnFillFormulas(control As Object)
    FillFormulas
End Sub

Public Sub OnCheckWorkbook(control As Object)
    CheckWorkbook
End Sub

Public Sub OnRecalculateScores(control As Object)
    RecalculateScores
End Sub

Public Sub OnExplainScores(control As Object)
    ExplainScores
End Sub

Public Sub OnClearMarks(control As Object)
    ClearMarks
End Sub

' One tab is enough: that of a workbook hides where the add-in shows the same.
Public Sub OnTabVisible(control As Object, ByRef visible As Variant)
    visible = IsAddin() Or Not IsOpen(ADDIN_FILE)
End Sub
