{
  "signatures": [
    {
      "keyId": "cd6c32c5f81c229f",
      "signature": "yAEmrN8xATadcVYBJbzEc3TsZO68AWwPpNrqKiWLPiE5eV6EgxCQOAWH1kFSv8C8QyOoAvWp/v5JAvl3lV34CQ=="
    }
  ]
}
