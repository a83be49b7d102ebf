# Two stages: the first installs, the second has only what runs.
FROM python:3.13-slim AS build
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY sandbox ./sandbox
# Nothing here is compiled but Python to its bytecode, which holds whatever times its sources' copies have.
RUN python -m venv --without-pip /opt/vipps-sandbox \
 && python -m pip --python /opt/vipps-sandbox/bin/python install --no-cache-dir --no-compile --disable-pip-version-check '.[tls]'
COPY container/shrink.py /tmp/
RUN site=$(/opt/vipps-sandbox/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
 && /opt/vipps-sandbox/bin/python -B /tmp/shrink.py "$site" \
 && find "$site" -name '*.so' -exec strip --strip-unneeded {} + \
 && /opt/vipps-sandbox/bin/python -m compileall -q --invalidation-mode unchecked-hash "$site"

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Vipps sandbox" \
      org.opencontainers.image.description="A stateful fake of Vipps MobilePay for integration testing; not affiliated with Vipps MobilePay" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/vipps-sandbox /opt/vipps-sandbox
COPY scenarios /scenarios
ENV PATH=/opt/vipps-sandbox/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SANDBOX_HOST=0.0.0.0
# Where `serve` looks for ./scenarios; as a variable it would have to be there.
WORKDIR /
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=3s --start-period=10s CMD ["vipps-sandbox", "health"]
ENTRYPOINT ["vipps-sandbox"]
CMD ["serve"]
