# Sends the cases of test-scripts/cases to an engine and compares what comes back, as run-tests.sh does.
#   ./test-scripts/run-tests.ps1 [-Url http://127.0.0.1] [-Case python,javascript,timeout,stdin,error,results]
param(
  [string]$Url = 'http://127.0.0.1',
  [string[]]$Case = @('python', 'javascript', 'stdin', 'error', 'timeout', 'results')
)
$ErrorActionPreference = 'Stop'
$passed = 0
$failed = 0
$last = $null

function Report([string]$Name, [string[]]$Wrong) {
  if ($Wrong.Count -eq 0) {
    $script:passed++
    Write-Output "ok      $Name"
  } else {
    $script:failed++
    Write-Output "FAILED  ${Name}: $($Wrong -join '; ')"
  }
}

foreach ($name in $Case) {
  try {
    if ($name -eq 'results') {
      if ($null -eq $last) { throw 'no job ran before it' }
      $again = Invoke-RestMethod -Uri "$Url/api/status/$($last.jobId)"
      $wrong = @(foreach ($field in 'status', 'verdict', 'output') {
          if ($again.$field -cne $last.$field) { "${field}: expected $($last.$field), got $($again.$field)" }
        })
      Report $name $wrong
      continue
    }
    $test = Get-Content -Raw -Path (Join-Path $PSScriptRoot "cases/$name.json") | ConvertFrom-Json
    $body = [Text.Encoding]::UTF8.GetBytes(($test.request | ConvertTo-Json -Depth 20 -Compress))
    $last = Invoke-RestMethod -Method Post -Uri "$Url/api/submit?wait=25" -ContentType 'application/json' -Body $body
    $wrong = @(foreach ($field in $test.expect.PSObject.Properties) {
        if ($last.($field.Name) -cne $field.Value) { "$($field.Name): expected $($field.Value), got $($last.($field.Name))" }
      })
    Report $name $wrong
  } catch {
    Report $name @($_.Exception.Message)
  }
}
Write-Output "$passed passed, $failed failed"
exit [int]($failed -gt 0)
