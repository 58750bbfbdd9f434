# Photos and files. Their addresses are signed by the API, so that nobody needs rights of his own.
resource "aws_s3_bucket" "photos" {
  # checkov:skip=CKV_AWS_18:Signed addresses are given out by the API, whose log says to whom.
  # checkov:skip=CKV_AWS_21:What a person deletes has to be gone: old versions would keep it.
  # checkov:skip=CKV_AWS_144:A copy in another region would keep photos where nobody expects them.
  # checkov:skip=CKV_AWS_145:Encrypted by S3's own key; signed addresses of KMS keys ask KMS for each photo, at a price.
  # checkov:skip=CKV2_AWS_62:The web app tells the API that an upload is complete.
  bucket_prefix = "${var.name}-photos-"
  force_destroy = !var.protected
}

resource "aws_s3_bucket_public_access_block" "photos" {
  bucket                  = aws_s3_bucket.photos.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_cors_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  cors_rule {
    allowed_origins = ["https://${var.domain}"]
    allowed_methods = ["GET", "PUT"]
    allowed_headers = ["content-type"]
    expose_headers  = ["etag"]
    max_age_seconds = 3600
  }
}

# Tasks may not change these rules: whatever goes wrong in them, photos are forgotten. Folders: StoredFolder in src/bunri/app/modules.
resource "aws_s3_bucket_lifecycle_configuration" "photos" {
  bucket = aws_s3_bucket.photos.id
  rule {
    id     = "photos"
    status = "Enabled"
    filter {
      prefix = "kept/"
    }
    expiration {
      days = var.photo_days
    }
  }
  rule {
    id     = "uploads"
    status = "Enabled"
    filter {
      prefix = "uploads/"
    }
    expiration {
      days = 1
    }
  }
  rule {
    id     = "abandoned"
    status = "Enabled"
    filter {
      prefix = ""
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_iam_policy_document" "tls_alone" {
  statement {
    sid       = "TlsAlone"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.photos.arn, "${aws_s3_bucket.photos.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "photos" {
  bucket     = aws_s3_bucket.photos.id
  policy     = data.aws_iam_policy_document.tls_alone.json
  depends_on = [aws_s3_bucket_public_access_block.photos]
}
