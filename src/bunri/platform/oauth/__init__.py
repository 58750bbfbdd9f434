"""Signing in through an account elsewhere: Kakao, Naver and Google, by OAuth 2.0 (RFC 6749) and OpenID Connect."""
